"""CrossNER music: thirteen types in Wikipedia sentences on music (Liu et al., 2021).

A name takes the most special type that fits: musical artist before person, band before
organization, album or song before miscellaneous, country before location.
"""

from schema_ner import Entity


class MusicGenre(Entity):
    """Styles of music, such as rock, jazz, hip hop, blues, folk and metal.

    Not: titles; instruments; a nationality alone.
    The span is the whole term ("New Orleans blues"), with "music" where it belongs to it.
    """

    label = "music genre"
    dataset_label = "musicgenre"
    examples = ("jazz", "hip hop", "heavy metal", "country music", "swamp blues")


class Song(Entity):
    """Titles of songs, singles, tracks and pieces of music.

    Not: albums, shows and films; the singer.
    The span is the title without quotation marks.
    """

    label = "song"
    dataset_label = "song"
    examples = ("Merry Xmas Everybody", "Yesterday", "Lonely This Christmas", "Side By Side")


class Band(Entity):
    """Rock groups, boy bands, duos, orchestras and ensembles, by name.

    Not: a single performer, who is a musical artist; record companies.
    The span is the name, with "The" where the text writes it large.
    """

    label = "band"
    dataset_label = "band"
    examples = ("U2", "Backstreet Boys", "Judas Priest", "Linkin Park", "R.E.M.")


class Album(Entity):
    """Albums, by title.

    Also: EPs, live records, mixtapes and soundtracks.
    Not: single songs; tours; the band of the same name.
    The span is the title alone, without the year.
    """

    label = "album"
    dataset_label = "album"
    examples = ("Eye of the Storm", "Made in Japan", "Space Ritual", "Return to Cookie Mountain")


class MusicalArtist(Entity):
    """Single people who make music: singers, songwriters, rappers, composers, guitarists, drummers, DJs, members of bands.

    Not: groups, which are bands; directors, actors, managers and politicians, who are persons.
    The span is the name or stage name, a surname alone too.
    """

    label = "musical artist"
    dataset_label = "musicalartist"
    examples = ("Les Paul", "Justin Timberlake", "Cab Calloway", "John Denver")


class MusicalInstrument(Entity):
    """A musical instrument, such as guitar, drums, bass, piano or flute.

    Not: the player ("guitarist"); the voice; a style of music.
    The span is the kind of instrument ("bass guitar"), without "electric" or a maker.
    """

    label = "musical instrument"
    dataset_label = "musicalinstrument"
    examples = ("guitar", "drums", "harmonica", "accordion", "bass")


class Award(Entity):
    """Awards, prizes and honours, with the category.

    Not: the ceremony as a happening; certifications and places in a chart.
    The span takes in the category ("Academy Award for Best Original Song").
    """

    label = "award"
    dataset_label = "award"
    examples = (
        "Grammy Award",
        "Tony Award",
        "Academy Award for Best Original Song",
        "Golden Globe",
    )


class Event(Entity):
    """Named happenings: festivals, tours, contests, games, marches, wars.

    Not: awards; albums and shows.
    The span holds the year where it is part of the name ("Woodstock 1999").
    """

    label = "event"
    dataset_label = "event"
    examples = ("Eurovision Song Contest 2009", "Woodstock 1999", "2010 Winter Olympics")


class Country(Entity):
    """Sovereign states such as the United States, United Kingdom, India or Brazil.

    Also: former states, and parts of a kingdom such as England or Scotland.
    Not: adjectives ("Welsh"); cities and states of a federation, which are locations.
    The span leaves out the article.
    """

    label = "country"
    dataset_label = "country"
    examples = ("United States", "UK", "India", "Brazil", "West Germany")


class Location(Entity):
    """Named halls, clubs, arenas and cities.

    Also: states, districts, theatres and stadiums.
    Not: countries; a place inside the name of an event, style or organization.
    The span is the name without the article.
    """

    label = "location"
    dataset_label = "location"
    examples = (
        "New York",
        "Carnegie Hall",
        "Vancouver",
        "Lincoln Center",
        "Shanghai Grand Theatre",
    )


class Organization(Entity):
    """Associations, academies, record companies, broadcasters, charities, schools, teams and armies.

    Also: charities, unions, councils and clubs.
    Not: bands and orchestras; awards.
    The full name and the short form in brackets are two spans.
    """

    label = "organization"
    dataset_label = "organisation"
    examples = ("RIAA", "European Broadcasting Union", "Myrrh Records", "American Legion")


class Person(Entity):
    """Directors, actors, screenwriters, politicians, royals and other people outside music.

    Also: managers, journalists and athletes.
    Not: singers, composers and players, who are musical artists.
    The span is the name.
    """

    label = "person"
    dataset_label = "person"
    examples = ("George Lucas", "Prince Philip", "Candy Clark", "Tim O'Connor")


class Miscellaneous(Entity):
    """Other names: nationalities, languages, religions, films, musicals, television shows, books, charts, ideas.

    Not: anything that fits another type of this list.
    The span is the name or the adjective alone.
    """

    label = "miscellaneous"
    dataset_label = "misc"
    examples = ("British", "American", "Billboard Hot 100", "Grease", "Christian")
