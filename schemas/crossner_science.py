"""CrossNER natural science: seventeen types in Wikipedia sentences on science (Liu et al., 2021).

A name takes the most special type that fits: scientist before person, university before
organization, enzyme before protein, country before location.
"""

from schema_ner import Entity


class Scientist(Entity):
    """People known for their research in physics, chemistry, biology, astronomy or mathematics.

    Also: geologists, physicians, engineers and scholars of other fields.
    Not: actors, writers, politicians and others, who are persons; a name inside a law, unit or prize.
    The span is the name, a surname alone too.
    """

    label = "scientist"
    dataset_label = "scientist"
    examples = ("Bernhard Riemann", "Harold Urey", "Kepler", "Eugene Merle Shoemaker")


class Person(Entity):
    """Actors, writers, politicians, soldiers, outlaws and fictional characters.

    Also: athletes, directors, rulers and relatives.
    Not: physicists, chemists, biologists and other scholars, who are scientists.
    The span is the name, without title.
    """

    label = "person"
    dataset_label = "person"
    examples = ("Tennessee Williams", "Billy the Kid", "Eve Myles", "John Terry")


class University(Entity):
    """Universities, colleges and medical schools, also by short name such as Caltech or Oxford.

    Not: academies, learned societies and state institutes, which are organizations.
    The span is the full name; short forms ("Berkeley", "Caltech") count.
    """

    label = "university"
    dataset_label = "university"
    examples = ("University of Bern", "Caltech", "Oxford", "Massey University")


class Organization(Entity):
    """Academies, learned societies, agencies, institutes, companies, hospitals, theatres and teams.

    Not: universities and colleges; journals; awards.
    The full name and the short form in brackets are two spans.
    """

    label = "organization"
    dataset_label = "organisation"
    examples = ("ESA", "National Academy of Sciences", "European Southern Observatory", "IUPAC")


class Country(Entity):
    """Sovereign states such as the United States, France or India.

    Also: former states.
    Not: adjectives ("German"); cities and states of a federation, which are locations.
    The span leaves out the article.
    """

    label = "country"
    dataset_label = "country"
    examples = ("United States", "France", "New Zealand", "Nazi Germany")


class Location(Entity):
    """Districts, states, provinces and cities.

    Also: counties, mountains, rivers, lakes and buildings.
    Not: countries; universities named after a city; places in space.
    The span is the name without the article.
    """

    label = "location"
    dataset_label = "location"
    examples = ("California", "Los Angeles", "Peace River", "Palomar Observatory")


class Discipline(Entity):
    """Areas of study: physics, biology, geology, mathematics, philosophy.

    Also: branches of a branch, such as organic chemistry and theoretical physics.
    Not: one theory; one method; the people who practise it.
    The span is the name of the branch, with its adjective ("organic chemistry").
    """

    label = "discipline"
    dataset_label = "discipline"
    examples = ("astronomy", "theoretical physics", "microbiology", "geometry")


class Enzyme(Entity):
    """Kinds of enzyme, such as DNA polymerase, ATP synthase and helicase.

    Not: other proteins; genes; the substance they act on.
    The span is the full name, the short form in brackets a span of its own.
    """

    label = "enzyme"
    dataset_label = "enzyme"
    examples = ("DNA polymerase", "ATP synthase", "RNase T1", "helicase", "MAPK")


class Protein(Entity):
    """Receptors, hormones, antibodies, chemokines and other proteins that are no enzymes.

    Also: genes named like their protein, symbols such as CCL2.
    Not: enzymes; small molecules, which are chemical compounds; cells and tissues.
    The span is the name or symbol, the short form in brackets a span of its own.
    """

    label = "protein"
    dataset_label = "protein"
    examples = ("p53", "CCL2", "green fluorescent protein", "apolipoprotein E", "TNFα")


class ChemicalCompound(Entity):
    """Substances such as lactic acid, benzene, glucose, NADH and polyurethane.

    Also: acids, salts, bases, sugars, polymers and solvents, by name or formula.
    Not: single elements; proteins and enzymes; mixtures by a common word ("paint").
    The span is the name or formula.
    """

    label = "chemical compound"
    dataset_label = "chemicalcompound"
    examples = ("lactic acid", "benzene", "glucose", "NADH", "polyurethane")


class ChemicalElement(Entity):
    """Elements of the periodic table, by name, symbol, ion or isotope: uranium, Xe, calcium, phosphorus-32.

    Not: compounds, which hold several elements; alloys.
    The span is the element's name or symbol.
    """

    label = "chemical element"
    dataset_label = "chemicalelement"
    examples = ("uranium", "xenon", "calcium", "rubidium")


class Event(Entity):
    """Named games, wars, missions and festivals, with their year.

    Also: championships, conventions and festivals.
    Not: awards; natural processes; periods of the Earth's past.
    The span holds the year where it is part of the name.
    """

    label = "event"
    dataset_label = "event"
    examples = ("2014 Commonwealth Games", "Industrial Revolution", "STS-107", "1957 Worldcon")


class AstronomicalObject(Entity):
    """Celestial bodies such as 4 Vesta, 399 Persephone, Kepler-62f, Titan, Charon and Earth.

    Also: planets, moons, comets, stars and galaxies.
    Not: spacecraft; a god or person of the same name; kinds of body without a name ("a moon").
    The span takes in the number before the name ("4 Vesta").
    """

    label = "astronomical object"
    dataset_label = "astronomicalobject"
    examples = ("4 Vesta", "Earth", "Kepler-62f", "399 Persephone", "Charon")


class AcademicJournal(Entity):
    """Titles of periodicals in which research is published: Physical Review, Science, Oecologia.

    Not: books, papers and popular magazines of fiction; the society that publishes it.
    The span is the whole title with its section letter ("Physical Review D").
    """

    label = "academic journal"
    dataset_label = "academicjournal"
    examples = ("Physical Review Letters", "Science", "Oecologia", "Journal of Chemical Physics")


class Award(Entity):
    """Named awards and honours, with the category: Nobel Prize in Chemistry, Copley Medal, Fellow of the Royal Society.

    Not: ordinary posts and degrees; the body that gives it; "prize" without a name.
    The span takes in field and category ("Nobel Prize in Chemistry", "Fellow of the Royal Society").
    """

    label = "award"
    dataset_label = "award"
    examples = ("Nobel Prize", "Copley Medal", "Fellow of the Royal Society", "Guggenheim Fellow")


class Theory(Entity):
    """Scientific theories, laws, models and hypotheses.

    Not: a branch of science, which is a discipline; methods of measuring.
    The span takes in "theory" or "model" where the text has it.
    """

    label = "theory"
    dataset_label = "theory"
    examples = ("plate tectonics theory", "quantum theory", "orbital resonance", "fission model")


class Miscellaneous(Entity):
    """Other names and terms of science: nationalities, species, organs, processes, methods, instruments, diseases, works.

    Not: anything that fits another type of this list.
    The span is the shortest phrase that is the name or term.
    """

    label = "miscellaneous"
    dataset_label = "misc"
    examples = ("German", "Arabidopsis", "apoptosis", "Photosystem II", "pituitary gland")
