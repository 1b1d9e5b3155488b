"""GMB as on Kaggle (``ner_dataset.csv``): eight types in English news (Groningen Meaning Bank).

The labels were made by machine and corrected in part, so the guidelines say what is usual there:
the same country is found as a place, as a nation that acts, and as an organization.
"""

from schema_ner import Entity


class Place(Entity):
    """Countries, cities, provinces, regions, rivers, seas, mountains and continents.

    Not: adjectives and peoples ("Iraqi", "Americans"), which are geopolitical entities; a
    government, army or team called by the country.
    "in Baghdad", "China's capital", "U.S. officials" are places. The span leaves out the article
    and takes in "River", "Strip", "City"; "Quetta, Pakistan" is two spans.
    """

    label = "place"
    dataset_label = "geo"
    examples = ("Iraq", "Baghdad", "Gaza Strip", "Mississippi River", "Middle East")


class GeopoliticalEntity(Entity):
    """Nationality and people of a country, as adjective or noun: Iraqi, British, Palestinians, Americans; also a country that acts as a state.

    Not: a country or city that says only where something is, which is a place.
    The span is the adjective alone: "Israeli" in "Israeli troops", "French" in "French President".
    """

    label = "geopolitical entity"
    dataset_label = "gpe"
    examples = ("Iraqi", "Palestinians", "British", "Americans", "Iran")


class Person(Entity):
    """Names of people with their title, such as President Bush or General Musharraf.

    Not: a title without a name; an adjective of nationality before the title ("Iraqi").
    The span begins with the title that stands directly before the name and ends with the name.
    """

    label = "person"
    dataset_label = "per"
    examples = ("President Bush", "Mr. Annan", "Prime Minister Ariel Sharon", "Saddam Hussein")


class Organization(Entity):
    """Political parties, armed groups, companies, international bodies, news agencies.

    Also: ministries, courts, newspapers, teams, religious groups.
    Not: bodies without a name ("the government", "the army"); a country as a place.
    The short form in brackets is a span of its own. Religious and political camps that act
    ("Shi'ite", "Taliban") count.
    """

    label = "organization"
    dataset_label = "org"
    examples = ("United Nations", "NATO", "Hamas", "World Health Organization", "Xinhua")


class Time(Entity):
    """Dates: weekdays, months, years, decades.

    Also: parts of the day and days of the month, as in "Thursday morning", "June 13, 2005".
    Not: ages; durations without a date ("for two hours"); a year that is part of an event's name.
    The span takes in a number and its month ("January 26", "June 13, 2005") and mostly leaves out
    "on", "in", "last".
    """

    label = "time"
    dataset_label = "tim"
    examples = ("Wednesday", "2003", "September 18", "January", "Thursday morning", "1990s")


class Artifact(Entity):
    """Titles of works, brands of products, names of prizes and spacecraft.

    Also: vehicles, weapons, spacecraft, drugs, newspapers and laws by name.
    Not: the company that makes it; the group that performs it.
    The span is the name alone; languages named as such are found here too. Rare.
    """

    label = "artifact"
    dataset_label = "art"
    examples = ("Soyuz", "Vioxx", "Nobel Prize", "USA Today", "Internet")


class Event(Entity):
    """Wars, Olympic Games, tournaments, festivals and holidays.

    Also: military operations by name.
    Not: an event told by a common noun ("the earthquake", "the election"); storms and other forces
    of nature, which are natural phenomena.
    The span holds the name with its number or year ("World War II").
    """

    label = "event"
    dataset_label = "eve"
    examples = ("World War II", "Olympic Games", "Australian Open", "Operation Medusa", "World Cup")


class NaturalPhenomenon(Entity):
    """Named forces of nature: hurricanes and storms by name, viruses, diseases, strains.

    Not: weather or illness without a name of its own ("the flood", "fever"). Rare.
    The span takes in "Hurricane" or "Typhoon" before the name.
    """

    label = "natural phenomenon"
    dataset_label = "nat"
    examples = ("Hurricane Katrina", "H5N1", "AIDS", "HIV", "Ebola")
