"""CrossNER literature: twelve types in Wikipedia sentences on literature (Liu et al., 2021).

A name takes the most special type that fits: writer before person, poem before book, magazine before
organization, country before location.
"""

from schema_ner import Entity


class Book(Entity):
    """Titles of books.

    Also: novels, plays, story collections, essays, non-fiction and series of books.
    Not: poems; films, operas and games; magazines; a kind of book, which is a literary genre.
    The span is the title, a subtitle included.
    """

    label = "book"
    dataset_label = "book"
    examples = ("The Great Gatsby", "On the Origin of Species", "Lord of Light", "The Tempest")


class Writer(Entity):
    """Literary authors, by full name or surname.

    Also: playwrights, screenwriters, essayists, critics, philosophers and historians.
    Not: actors, directors, rulers and characters, who are persons; a book called by its author.
    The span is the name, a surname alone too, without 's.
    """

    label = "writer"
    dataset_label = "writer"
    examples = ("Joseph Conrad", "T. S. Eliot", "Philip Pullman", "Dickens")


class Award(Entity):
    """Named awards for books, films or people, with the category.

    Not: the ceremony or festival; "an award" without a name.
    The span takes in the category ("Pulitzer Prize for Fiction").
    """

    label = "award"
    dataset_label = "award"
    examples = ("Hugo Award", "Booker Prize", "Pulitzer Prize for Fiction", "Guggenheim Fellowship")


class Poem(Entity):
    """Poem titles.

    Also: verse epics, hymns and cycles of verse.
    Not: novels, plays and collections of prose, which are books; "poem" as a word.
    The span is the title, also one in another language.
    """

    label = "poem"
    dataset_label = "poem"
    examples = ("The Tyger", "Divine Comedy", "The Cantos", "Anthem for Doomed Youth")


class Event(Entity):
    """Named wars, festivals, movements, campaigns and ceremonies.

    Also: battles, revolutions, games and periods such as the Renaissance.
    Not: awards; periods told by a common noun; organizations.
    The span holds the year where it is part of the name.
    """

    label = "event"
    dataset_label = "event"
    examples = ("World War II", "Cannes Film Festival", "American Civil War", "Renaissance")


class Magazine(Entity):
    """Titles of magazines, literary journals and reviews.

    Not: publishing houses and daily papers as firms, which are organizations; books.
    The span is the title, with the article where it is part of it.
    """

    label = "magazine"
    dataset_label = "magazine"
    examples = ("The New Yorker", "Newsweek", "Amazing Stories", "Novy Mir", "Rolling Stone")


class LiteraryGenre(Entity):
    """Novels, poems, short stories, plays, essays and other kinds of literature, as a common noun.

    Also: fiction by subject, such as science fiction, fantasy and biography.
    Not: titles; musical styles; schools of thought.
    The span is the whole term ("science fiction novel"), plural or not.
    """

    label = "literary genre"
    dataset_label = "literarygenre"
    examples = ("novel", "science fiction", "poetry", "short story", "historical novel")


class Person(Entity):
    """Actors, filmmakers, musicians, rulers, soldiers, relatives and fictional characters.

    Also: politicians, scientists, gods and family members.
    Not: novelists, poets, playwrights and critics, who are writers.
    The span is the name, without title.
    """

    label = "person"
    dataset_label = "person"
    examples = ("Charlie Chaplin", "Nikita Khrushchev", "Jack Ryan", "Maurice Chevalier")


class Location(Entity):
    """Cities, districts, regions, rivers, theatres and buildings.

    Not: countries; organizations named after a place.
    The span is the name without the article.
    """

    label = "location"
    dataset_label = "location"
    examples = ("New York", "Berlin", "Sydney Opera House", "Potomac River")


class Organization(Entity):
    """Publishers, societies, academies, universities, agencies and companies.

    Also: schools, newspapers, churches, armies and broadcasters.
    Not: magazines; awards; places.
    The full name and the short form in brackets are two spans.
    """

    label = "organization"
    dataset_label = "organisation"
    examples = ("Royal Society", "Random House", "CIA", "Black Mountain College")


class Country(Entity):
    """Countries.

    Also: kingdoms and empires, present and former.
    Not: adjectives ("Russian"); cities and regions, which are locations.
    The span leaves out the article.
    """

    label = "country"
    dataset_label = "country"
    examples = ("United States", "England", "Soviet Union", "Nazi Germany", "India")


class Miscellaneous(Entity):
    """Other names: nationalities, peoples, languages, religions, films, operas, paintings, offices, ideologies.

    Not: anything that fits another type of this list.
    The span is the name or the adjective alone.
    """

    label = "miscellaneous"
    dataset_label = "misc"
    examples = ("Russian", "British", "The Seventh Seal", "Citizen Kane", "communism")
