"""MIT Movie (English): twelve slots in spoken or typed questions about films (Liu et al., 2013).

Queries are in lower case and often misspelled; a span is copied as it stands.  The words "movie" and
"film" belong to no slot unless they are part of a title.
"""

from schema_ner import Entity


class Actor(Entity):
    """People who act in the film asked for.

    Also: voice actors and members of the cast by first name or surname.
    Not: the director; the part that is played, which is a character; "actor" without a name.
    The span is the name, without a possessive 's.
    """

    label = "actor"
    dataset_label = "ACTOR"
    examples = ("tom hanks", "meryl streep", "denzel washington")


class Year(Entity):
    """When a film came out: a year, a decade, a span of years, or a relative period.

    Not: the time in which the story is set, which is plot; an age rating.
    The span takes in "past", "last" and "decades" ("last two decades", "1980s"), but not "from" or
    "in".
    """

    label = "year"
    dataset_label = "YEAR"
    examples = ("1994", "1980s", "the past five years", "nineties", "2000 s")


class Title(Entity):
    """Titles of films and film series, whole, partial or misspelled.

    Not: the name of a character or a song; a description of the story.
    The span is the title as typed, the article included where it is part of the title.
    """

    label = "movie title"
    dataset_label = "TITLE"
    examples = ("the godfather", "star wars", "finding nemo", "pulp fiction")


class Genre(Entity):
    """Kinds of film by convention.

    Also: animated, musical, documentary, chick flick, film noir, family.
    Not: what the story is about, which is plot; how good it is, which is a review.
    The span leaves out "movie" and "film" after the kind ("action" in "action movie").
    """

    label = "genre"
    dataset_label = "GENRE"
    examples = ("comedy", "action", "romantic comedy", "sci fi", "thriller")


class Director(Entity):
    """Names of the people who directed the film asked for.

    Not: actors; producers and studios; "director" without a name.
    The span is the name, a surname alone too. After "directed by" and "by" a name is a director.
    """

    label = "director"
    dataset_label = "DIRECTOR"
    examples = ("steven spielberg", "quentin tarantino", "hitchcock", "tim burton")


class Song(Entity):
    """Titles of songs and pieces of music in a film, or words that point at its soundtrack or theme.

    Not: the singer; the film's own title.
    The span is the title of the song as typed.
    """

    label = "song"
    dataset_label = "SONG"
    examples = ("my heart will go on", "eye of the tiger", "theme song", "over the rainbow")


class Plot(Entity):
    """Words that tell what happens in a film or what it is about: subject, setting, kind of hero, events, source.

    Not: the genre; names of characters; opinions.
    The span is the shortest phrase that carries the subject ("time travel", "a talking pig"),
    without "about" or "in which".
    """

    label = "plot"
    dataset_label = "PLOT"
    examples = ("time travel", "bank robbery", "vampires", "based on a true story", "zombies")


class Review(Entity):
    """Words of praise or blame by viewers or critics: must see, critically acclaimed, worst.

    Not: stars, numbers and marks, which are average ratings; "PG-13" and the like, which are
    age ratings.
    The span is the evaluating phrase alone.
    """

    label = "review"
    dataset_label = "REVIEW"
    examples = ("must see", "critically acclaimed", "funniest", "popular", "worth watching")


class Character(Entity):
    """Invented people on screen: james bond, darth vader.

    Also: creatures, machines and heroes of comics, by name.
    Not: the actor who plays them; a kind of hero without a name ("a detective"), which is plot.
    The span is the name as typed. A name that is also the title ("batman") is a character where the
    figure is meant.
    """

    label = "character"
    dataset_label = "CHARACTER"
    examples = ("james bond", "darth vader", "harry potter", "batman", "forrest gump")


class Rating(Entity):
    """Age ratings and certificates, such as PG-13 or R.

    Not: marks for quality, which are average ratings; praise.
    The span is the rating without "rated" ("r" in "rated r"); "family friendly", "for kids" count
    where they tell who may see it.
    """

    label = "age rating"
    dataset_label = "RATING"
    examples = ("pg 13", "r", "pg", "nc 17", "g")


class RatingsAverage(Entity):
    """How highly viewers or critics rated a film: stars, numbers, marks, and phrases such as "highly rated" or "well received".

    Not: age ratings (PG-13, R); a free opinion in words, which is a review.
    The span takes in the number and its scale ("at least 8 out of 10", "four stars").
    """

    label = "average rating"
    dataset_label = "RATINGS_AVERAGE"
    examples = ("four stars", "highly rated", "eight out of ten", "good ratings", "best rated")


class Trailer(Entity):
    """Words that ask for a trailer, teaser, clip, preview or scene of a film.

    Not: the title of the film; the whole film.
    The span is the word itself ("trailer", "preview").
    """

    label = "trailer"
    dataset_label = "TRAILER"
    examples = ("trailer", "preview", "clip", "teaser")
