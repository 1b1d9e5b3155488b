"""CrossNER politics: nine types in Wikipedia sentences on politics (Liu et al., 2021).

A name takes the most special type that fits: politician before person, political party before
organization, election before event, country before location.
"""

from schema_ner import Entity


class Politician(Entity):
    """Names of presidents, ministers, members of parliament, senators, governors, mayors, candidates and party leaders.

    Also: monarchs and rulers, ambassadors, and whoever stands for an office.
    Not: actors, writers, journalists, activists, scholars and lawyers outside office, who are
    persons; a party or a family name that stands for a dynasty.
    The span is the name without the office ("President") before it.
    """

    label = "politician"
    dataset_label = "politician"
    examples = ("Franklin D. Roosevelt", "Barry Goldwater", "Romney", "Bridget McKenzie")


class Person(Entity):
    """Actors, filmmakers, writers, scholars, journalists, activists, lawyers and other people outside politics.

    Also: relatives of politicians, officials and soldiers who hold no political office.
    Not: presidents, ministers, members of parliament and candidates, who are politicians.
    The span is the name without title or profession.
    """

    label = "person"
    dataset_label = "person"
    examples = ("Radhika Apte", "Alex Jones", "Philip Bobbitt", "Keith Burstein")


class Organization(Entity):
    """Companies, foundations, think tanks, universities, associations, agencies, courts and international bodies.

    Also: unions, ministries, councils, churches, armed groups, media and websites.
    Not: political parties and their electoral alliances; bodies without a name ("the government").
    The full name and the short form in brackets are two spans.
    """

    label = "organization"
    dataset_label = "organisation"
    examples = ("Hoover Institution", "ASEAN", "Privy Council", "Facebook", "Law Society")


class PoliticalParty(Entity):
    """A party that takes part in elections, by its full name, short name or initials: Labour, SNP, Green Party.

    Also: factions and electoral alliances.
    Not: their members as a crowd ("Republicans", "socialists"); unions and pressure groups, which
    are organizations; ideologies.
    The full name and the initials in brackets are two spans.
    """

    label = "political party"
    dataset_label = "politicalparty"
    examples = ("Labour", "Liberal Party of Australia", "SNP", "Democratic Party", "UUP")


class Election(Entity):
    """Particular elections, by-elections or primaries identifiable by year, type or name.

    Not: campaigns, referendums and debates, which are events; "the election" without year or name.
    The span begins with the year or month and ends with "election" or "elections".
    """

    label = "election"
    dataset_label = "election"
    examples = (
        "2008 Canadian federal election",
        "2016 United States presidential election",
        "1981 Northern Ireland local elections",
    )


class Event(Entity):
    """Historical events: wars, battles, revolutions.

    Also: named campaigns, crises, referendums, summits, festivals and scandals.
    Not: elections; periods of office; happenings without a name.
    The span holds the year where it is part of the name.
    """

    label = "event"
    dataset_label = "event"
    examples = ("Vietnam War", "First World War", "2008 financial crisis", "Anglo-Zulu War")


class Country(Entity):
    """Sovereign states, by name.

    Also: former states, kingdoms and empires, and parts of a kingdom such as Northern Ireland.
    Not: adjectives ("British"); provinces, states of a federation and cities, which are locations.
    The span leaves out the article; the country's name inside an election or party is no span.
    """

    label = "country"
    dataset_label = "country"
    examples = ("United States", "Australia", "Soviet Union", "Northern Ireland", "China")


class Location(Entity):
    """Districts, provinces and cities.

    Also: states of a federation, constituencies, regions, continents, rivers, islands, buildings.
    Not: sovereign countries; a place inside the name of an election, party or organization.
    The span is the name without "in", "riding of" or the article.
    """

    label = "location"
    dataset_label = "location"
    examples = ("Texas", "Alberta", "Edmonton", "Guizhou", "Washington, D.C.")


class Miscellaneous(Entity):
    """Other names: nationalities and peoples, ideologies, religions, languages, members of a camp, books, films, laws, currencies, medals.

    Not: anything that is a person, place, country, organization, party, election or event.
    The span is the name or the adjective alone ("British", "Zionist").
    """

    label = "miscellaneous"
    dataset_label = "misc"
    examples = ("British", "Russians", "Republicans", "The Shield of Achilles", "Liberalism")
