"""KLUE-NER: six types in Korean news and film reviews, guidelines in English (Park et al., 2021).

A span is the expression without the particle that follows it: 서울 in 서울에서, 헨델 in 헨델처럼.
Spans therefore end inside words.  The same guidelines in Korean: ``klue_ko.py``.
"""

from schema_ner import Entity


class Person(Entity):
    """Names of people in Korean text: full names, surnames, given names, stage names, nicknames, characters, groups named as persons.

    Not: titles and job names (대통령, 감독, 전무), 씨, 님, 언니; film titles that hold no name.
    The span is the name alone, without 씨, 모, a title, or a particle (은, 는, 이, 가, 의). A foreign
    name keeps its spaces. A name in brackets in another script is a span of its own.
    """

    label = "person"
    dataset_label = "PS"
    examples = ("봉준호", "유재석", "해리포터", "스필버그", "오카다 마사키")


class Location(Entity):
    """Names of places in Korean text: countries, cities, districts, islands, mountains, seas, roads, buildings, venues.

    Not: a country, city or school that acts as a team, government or institution, which is an
    organization; 한국 inside a firm's name.
    The span takes in place names written one after another (울산 남구 삼산동) and leaves out the
    particle (에서, 에, 의).
    """

    label = "location"
    dataset_label = "LC"
    examples = ("서울", "미국", "경기도 화성", "에베레스트", "서울시립미술관")


class Organization(Entity):
    """Names of companies, parties, government offices, courts, police, schools, media, clubs, teams in Korean text; also 경찰, 검찰, 정부.

    Not: a place where something happens; products and programmes of a firm; peoples.
    The span takes in branch and unit (서울중앙지법 형사8단독). A country that acts (북, 미국 in talks, a
    national team) is an organization.
    """

    label = "organization"
    dataset_label = "OG"
    examples = ("삼성전자", "새누리당", "경찰", "서울대", "MBC")


class Date(Entity):
    """Dates and periods of a day or longer in Korean text: days, months, years, seasons, decades, holidays, 이날, 지난해, 오는 24일.

    Not: clock times and minutes, which are times; counts of things.
    The span takes in 지난, 오는, 올해 and leaves out 부터, 까지, 에 and a bracketed (현지시간).
    Durations of days or more (10년, 석 달, 이틀) count.
    """

    label = "date"
    dataset_label = "DT"
    examples = ("이날", "지난해 11월", "2013년", "오는 24일", "70년대", "6개월")


class Time(Entity):
    """Times of day and durations shorter than a day in Korean text: hours, minutes, seconds, 오전, 오후, 새벽, 아침, 밤.

    Not: days and longer, which are dates; a date before the time is a span of its own.
    The span takes in 오전 or 오후 and 반, and leaves out 께, 쯤, 경, 부터. Play time of a match
    (후반 2분, 9회초) counts.
    """

    label = "time"
    dataset_label = "TI"
    examples = ("오후 3시", "오전", "1시간 20분", "새벽", "후반 32분")


class Quantity(Entity):
    """Numbers and amounts with their unit in Korean text: counts, ages, prices, percentages, ranks, scores, sizes, ordinals.

    Not: dates and times; digits inside a name.
    The span takes in the unit (9명, 10점, 500만원, 3D, 2위) and leaves out the particle. Number words
    count (하나, 둘, 한번, 첫 번째), as does a bare number for an age in brackets.
    """

    label = "quantity"
    dataset_label = "QT"
    examples = ("10점", "1명", "한번", "86%", "2위", "500만원")
