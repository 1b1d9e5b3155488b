"""MIT Restaurant: eight slots in spoken or typed questions about restaurants (Liu et al., 2013).

Queries are in lower case and often misspelled; a span is copied as it stands.  "restaurant" and
"place" belong to no slot unless they are part of a name.
"""

from schema_ner import Entity


class RestaurantName(Entity):
    """Proper names of restaurants, cafés, bars, bakeries, diners and chains.

    Not: a kind of cooking ("thai") or of place ("a diner"); a dish; a street or town.
    The span is the name as typed, misspelled or shortened too, without a possessive 's.
    """

    label = "restaurant name"
    dataset_label = "Restaurant_Name"
    examples = ("mcdonalds", "olive garden", "panera bread", "legal sea foods")


class Cuisine(Entity):
    """Styles of cooking and kinds of eating place, by country, region or main food: italian, thai, seafood, fast food, pizza, sushi bar.

    Not: one dish or drink that is ordered, which is a dish; the name of a restaurant.
    The span leaves out "food" and "restaurant" after the style.
    """

    label = "cuisine"
    dataset_label = "Cuisine"
    examples = ("italian", "mexican", "seafood", "fast food", "vegetarian")


class Dish(Entity):
    """Dishes, drinks and ingredients: pancakes, lobster, clam chowder.

    Not: a style of cooking, which is a cuisine; a meal of the day ("breakfast"), which is hours.
    The span takes in the words that make the dish ("grilled salmon", "deep dish pizza").
    """

    label = "dish"
    dataset_label = "Dish"
    examples = ("cheeseburger", "fish tacos", "lobster rolls", "ice cream", "clam chowder")


class Location(Entity):
    """Where the restaurant is: addresses, streets, towns, districts, landmarks, and phrases such as near me, nearby, within five miles, closest, downtown.

    Not: the name of the restaurant; features at the place ("patio"), which are amenities.
    The span takes in the words of distance: "within 2 miles of here", "around the corner".
    """

    label = "location"
    dataset_label = "Location"
    examples = ("near me", "boston", "within five miles", "downtown", "main street", "nearest")


class Hours(Entity):
    """Times of day, days and opening times at which one wants to eat or the place is open.

    Also: meals of the day (breakfast, lunch), "open late", "24 hours".
    Not: dishes; happy-hour offers and reservations, which are amenities.
    The span takes in "open", "until" and "after" with the time ("open after 10 pm").
    """

    label = "hours"
    dataset_label = "Hours"
    examples = ("open late", "breakfast", "24 hours", "lunch", "after midnight", "sunday")


class Price(Entity):
    """How cheap or expensive a place or dish is: cheap, inexpensive, moderately priced, high end, under ten dollars.

    Not: praise that names no cost ("best"); ways of paying, which are amenities.
    The span is the phrase of cost alone, with its sum.
    """

    label = "price"
    dataset_label = "Price"
    examples = ("cheap", "inexpensive", "under 10 dollars", "high end", "reasonably priced")


class Rating(Entity):
    """Quality as judged by guests: best, five star, top rated, good reviews.

    Not: cost; service or mood as such ("romantic", "friendly service"), which are amenities.
    The span is the judging phrase ("at least four stars", "highly rated").
    """

    label = "rating"
    dataset_label = "Rating"
    examples = ("best", "good", "top rated", "five star", "good reviews")


class Amenity(Entity):
    """Features and services of a place other than its food: parking, outdoor seating, delivery, reservations, kid friendly, romantic, live music, dress code, dine in, buffet, credit cards.

    Not: dishes and cuisines; opening hours; cost and praise.
    The span is the feature as typed ("valet parking", "accept credit cards", "for a date").
    """

    label = "amenity"
    dataset_label = "Amenity"
    examples = ("outdoor seating", "take out", "parking", "kid friendly", "romantic", "delivery")
