"""CrossNER AI: fourteen types in Wikipedia sentences on artificial intelligence (Liu et al., 2021).

A name takes the most special type that fits: researcher before person, university before
organization, programming language before product, country before location.
"""

from schema_ner import Entity


class Field(Entity):
    """Academic disciplines and research fields, such as computer science, statistics and machine learning.

    Not: one problem to be solved ("speech recognition"), which is a task; one procedure, which is an
    algorithm.
    The span is the name of the area, the short form in brackets a span of its own.
    """

    label = "field"
    dataset_label = "field"
    examples = (
        "machine learning",
        "computer vision",
        "NLP",
        "data mining",
        "unsupervised learning",
    )


class Task(Entity):
    """The problem being solved, such as a kind of prediction or generation.

    Also: translation, recognition, classification, detection, retrieval and the like, by name.
    Not: a whole area of study, which is a field; the procedure that solves it; a finished product.
    The span is the noun phrase of the task.
    """

    label = "task"
    dataset_label = "task"
    examples = ("machine translation", "speech recognition", "object detection", "edge detection")


class Product(Entity):
    """Things built: software, tools, data sets, robots, devices, services, formats, kinds of systems such as chatbots.

    Not: programming languages; companies; algorithms on paper.
    The span takes in version and model ("iPad 3").
    """

    label = "product"
    dataset_label = "product"
    examples = ("WordNet", "MATLAB", "OpenCV", "industrial robot", "Face ID")


class Algorithm(Entity):
    """Techniques, models, methods and functions that a computer runs, such as backpropagation or naive Bayes classifier.

    Also: kinds of neural network, statistical models, filters and functions.
    Not: the task they are used for; measures of error or quality, which are metrics; software.
    The span takes in a trailing "algorithm" or "model" where it is part of the name.
    """

    label = "algorithm"
    dataset_label = "algorithm"
    examples = ("support vector machine", "LSTM", "backpropagation algorithm", "perceptron")


class Researcher(Entity):
    """People named for their research, such as professors, authors of papers and inventors.

    Also: scientists and engineers mentioned for their work, with or without a first name.
    Not: actors, managers, politicians and other people, who are persons.
    The span is the name, a surname alone too.
    """

    label = "researcher"
    dataset_label = "researcher"
    examples = ("Geoffrey Hinton", "Alan Turing", "Schank", "John McCarthy")


class Metrics(Entity):
    """The name of a quality measure or loss, without its value: accuracy, recall, BLEU, squared error.

    Not: the value that was reached; the algorithm that is measured.
    The span is the name of the measure, the short form in brackets a span of its own.
    """

    label = "metrics"
    dataset_label = "metrics"
    examples = ("accuracy", "mean squared error", "ROC curve", "sensitivity", "BLEU")


class ProgrammingLanguage(Entity):
    """Languages for writing programs: Python, Java, C++, Lisp, R.

    Not: libraries and software packages, which are products; natural languages.
    The span is the language's name, without its version.
    """

    label = "programming language"
    dataset_label = "programlang"
    examples = ("Python", "Java", "R", "Scheme", "Prolog")


class Conference(Entity):
    """Conferences, workshops, their proceedings and learned societies that hold them: NeurIPS, SIGGRAPH, ACL, AAAI.

    Not: companies and laboratories, which are organizations; journals.
    The span takes in the year or number ("ISWC 2003").
    """

    label = "conference"
    dataset_label = "conference"
    examples = ("NeurIPS", "AAAI", "European Conference on Computer Vision", "KDD", "SIGGRAPH 2000")


class University(Entity):
    """Universities, colleges and their schools and institutes.

    Not: companies, learned societies and state laboratories, which are organizations.
    The span is the full name; a short form such as "Stanford" counts.
    """

    label = "university"
    dataset_label = "university"
    examples = ("Stanford University", "MIT", "University of Toronto", "Robotics Institute")


class Organization(Entity):
    """Named companies, agencies, institutes and associations.

    Also: laboratories, hospitals, learned societies and firms.
    Not: universities; conferences; products named like their maker.
    The full name and the short form in brackets are two spans.
    """

    label = "organization"
    dataset_label = "organisation"
    examples = ("Google", "IEEE", "Xerox PARC", "Honda", "DeepMind")


class Person(Entity):
    """Actors, filmmakers, writers, businesspeople, politicians and fictional characters.

    Not: scientists, engineers and inventors, who are researchers.
    The span is the name, without title.
    """

    label = "person"
    dataset_label = "person"
    examples = ("Ridley Scott", "Kevin Spacey", "Sakichi Toyoda", "Zhora")


class Country(Entity):
    """Sovereign states, present and former.

    Not: adjectives ("Japanese"); states of a federation, regions and cities, which are locations.
    The span leaves out the article.
    """

    label = "country"
    dataset_label = "country"
    examples = ("United States", "Germany", "Korea", "Czechoslovakia")


class Location(Entity):
    """Cities, districts, states and provinces.

    Also: regions, buildings and bases.
    Not: countries; universities and companies named after a place.
    The span is the name alone; "Bedford, Massachusetts" is two spans.
    """

    label = "location"
    dataset_label = "location"
    examples = ("Paris", "Massachusetts", "Jakarta", "Hanscom Air Force Base")


class Miscellaneous(Entity):
    """Other names and terms of the subject: nationalities, languages, awards, films, books, projects, formats, technical concepts.

    Not: anything that fits another type of this list.
    The span is the shortest phrase that is the name or term.
    """

    label = "miscellaneous"
    dataset_label = "misc"
    examples = ("English", "RDF", "RoboCup", "American", "NSF Career Award")
