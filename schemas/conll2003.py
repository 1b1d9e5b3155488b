"""CoNLL-2003 shared task: four types in English newswire (Tjong Kim Sang and De Meulder, 2003).

The annotation follows the MUC conventions: what counts is what a name stands for in its sentence,
not what it is in an encyclopedia.  "Japan beat Syria" is about two teams, so both are
organizations; "in Japan" is a place.  A span is the name alone: no article, no title, no 's.
"""

from schema_ner import Entity


class Person(Entity):
    """Names of persons, real or invented.

    Also: surnames, first names and nicknames on their own, named animals.
    Not: titles and roles ("President", "Mr", "coach"); firms, prizes or matches called after
    somebody; peoples such as "Kurds", which are no persons.
    The span leaves out the title before the name and takes in initials and "Jr" or "III".
    """

    label = "person"
    dataset_label = "PER"
    examples = ("Nelson Mandela", "Becker", "M. Waugh", "Pelé")


class Organization(Entity):
    """Companies, parties, agencies, ministries, clubs, teams, newspapers and international bodies, by name.

    Also: sports teams that are named only by their city or country.
    Not: the city or country as a place ("in Chicago"); products; a body mentioned without a name
    ("the ministry").
    In results and match reports, "Chicago" or "Pakistan" is the team. A newspaper or agency that
    is quoted is an organization. The span holds "Inc", "Ltd", "FC", but no article.
    """

    label = "organization"
    dataset_label = "ORG"
    examples = ("Reuters", "European Commission", "Ajax Amsterdam", "Honda")


class Location(Entity):
    """Cities, countries, regions and other real locations.

    Also: rivers, mountains, roads, buildings and stadiums by name.
    Not: a city or country that stands for its team, which is an organization; "German" or
    "Germans", which are nationalities.
    A government called by its capital or country ("Moscow said") stays a location. "Paris, Texas"
    is two spans. The span leaves out "the" and a bare compass point ("northern Iraq": "Iraq").
    """

    label = "location"
    dataset_label = "LOC"
    examples = ("Germany", "New York", "West Bank", "Lake Victoria", "Wembley Stadium")


class Miscellaneous(Entity):
    """Nationality and people of a country, as adjective or noun: German, Kurds, British; also named events, cups, works and products.

    Also: religions, languages, wars, leagues, aircraft and ships by name.
    Not: people, organizations, places; dates, sums, and things called by a common noun.
    The span is the name or adjective alone, with a year that is part of it ("1998 World Cup"). "German",
    "Dutch", "Kurds", "Islam" count each time.
    """

    label = "nationality or other name"
    dataset_label = "MISC"
    examples = ("German", "Olympic Games", "World Cup", "Boeing 747", "Davis Cup", "English")
