"""WNUT-2017: new and rare entities in tweets, YouTube comments, Reddit and StackExchange posts.

After Derczynski et al. (2017).  Names only, however they are spelled; pronouns, roles and general
words never.  Each name takes the type it has in its text.
"""

from schema_ner import Entity


class Person(Entity):
    """A person called by name: celebrity, friend, athlete, politician, invented character.

    Also: first names, surnames, nicknames, stage names and user names of individuals.
    Not: roles and relations without a name ("the mayor", "mom"); bands and teams, which are groups.
    The span leaves out titles, the @ before a user name and a possessive 's.
    """

    label = "person"
    dataset_label = "person"
    examples = ("Trump", "kevin", "Lee Young Ae", "Messi", "edsheeran")


class Location(Entity):
    """Names of places: countries, cities, regions, landmarks.

    Also: buildings, venues, parks, planets and invented places.
    Not: a country or city that stands for its team or government, which is a group; a shop or
    chain meant as a firm.
    The span leaves out the article and prepositions.
    """

    label = "location"
    dataset_label = "location"
    examples = ("toronto", "Badlands National Park", "White House", "Europe", "Minas Tirith")


class Corporation(Entity):
    """Businesses: companies, brands as firms, news outlets, broadcasters, shops and chains.

    Not: the thing a firm sells, which is a product; clubs, bands, parties, government bodies, which
    are groups.
    The span is the name without @ or #. "I work at Google" is the firm; "I found it on Google" is the
    product.
    """

    label = "corporation"
    dataset_label = "corporation"
    examples = ("Uber", "CNN", "Nintendo", "airbnb", "Paramount")


class Group(Entity):
    """Sports clubs, bands and political groups, by name.

    Also: government agencies, online communities and forums.
    Not: companies and news outlets; nationalities in general; a single person.
    The span leaves out the article.
    """

    label = "group"
    dataset_label = "group"
    examples = ("Leicester", "BTS", "Mets", "Labour Party", "EPA")


class Product(Entity):
    """Things that can be bought or used, by name: devices, cars, games consoles, software, apps, websites, food, medicine.

    Not: the company of the same name; songs, films, books, series and games as works, which are
    creative works.
    The span takes in the model or version ("Iphone 7", "Windows 7").
    """

    label = "product"
    dataset_label = "product"
    examples = ("Nexus 6 P", "Amazon Echo", "Windows 7", "epipen", "instagram")


class CreativeWork(Entity):
    """Titles of films, series, songs, books and games.

    Also: albums, programmes, episodes, channels, and bills of a parliament.
    Not: the artist or author; the company or channel that publishes it; a genre.
    The span is the title as written, episode or part included.
    """

    label = "creative work"
    dataset_label = "creative-work"
    examples = ("La La Land", "Doctor Who", "Game of Thrones", "Sims 4", "Black Swan")
