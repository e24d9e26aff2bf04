"""Given names common in many cities' languages, to notice when a text names somebody, and words that make it a place.

Names that are also everyday words, months or well-known places are left out: hints that are often wrong go unread.
"""

from __future__ import annotations

GIVEN_NAMES = frozenset(
    {
        *("Aaron", "Abdul", "Adam", "Agnes", "Ahmed", "Aisha", "Akira", "Alan", "Albert", "Alejandro", "Alexander"),
        *("Alice", "Amir", "Amy", "Ana", "Andrea", "Andreas", "Andrew", "Angela", "Anita", "Anna", "Anne", "Anthony"),
        *("Antonio", "Arthur", "Barbara", "Beatrice", "Benjamin", "Bernard", "Brian", "Carlos", "Carmen", "Caroline"),
        *(
            "Catherine",
            "Charles",
            "Chen",
            "Christine",
            "Christopher",
            "Claire",
            "Claudia",
            "Daniel",
            "David",
            "Deborah",
        ),
        *("Dennis", "Diana", "Diego", "Dmitri", "Donald", "Dorothy", "Edward", "Elena", "Elisabeth", "Elizabeth"),
        *(
            "Emily",
            "Emma",
            "Eric",
            "Esther",
            "Eva",
            "Fatima",
            "Felix",
            "Fernando",
            "Francesca",
            "Francisco",
            "François",
        ),
        *("Friedrich", "Gabriel", "Gary", "George", "Gerald", "Giovanni", "Giulia", "Gregory", "Hannah", "Hans"),
        *("Haruto", "Hassan", "Heather", "Helen", "Henry", "Hiroshi", "Ibrahim", "Ingrid", "Isabel", "Ivan", "Jacob"),
        *("James", "Jane", "Jason", "Javier", "Jean", "Jennifer", "Jeremy", "Jessica", "Joan", "Johannes", "John"),
        *("Jonathan", "Jorge", "José", "Joseph", "Juan", "Judith", "Julia", "Juliette", "Karen", "Karl", "Katarina"),
        *("Katherine", "Keiko", "Kenji", "Kenneth", "Kevin", "Khalid", "Laura", "Lars", "Leila", "Leonardo", "Linda"),
        *("Lisa", "Louis", "Lucas", "Lucia", "Luis", "Magdalena", "Manuel", "Margaret", "Maria", "María", "Marie"),
        *("Marta", "Martha", "Martin", "Mary", "Matthew", "Mehmet", "Mei", "Michael", "Michelle", "Miguel", "Mikhail"),
        *("Mohamed", "Mohammed", "Monika", "Muhammad", "Nancy", "Natalia", "Nicholas", "Nicole", "Noah", "Olga"),
        *("Oliver", "Omar", "Oscar", "Pablo", "Pamela", "Patricia", "Patrick", "Paul", "Pedro", "Peter", "Philip"),
        *("Pierre", "Priya", "Rachel", "Rafael", "Raymond", "Rebecca", "Ricardo", "Richard", "Robert", "Roberto"),
        *("Ronald", "Rosa", "Ruth", "Ryan", "Sakura", "Samuel", "Sandra", "Sara", "Sarah", "Satoshi", "Scott"),
        *("Sebastian", "Sergei", "Sharon", "Simon", "Sofia", "Sophie", "Stefan", "Stephanie", "Stephen", "Steven"),
        *("Susan", "Svetlana", "Takashi", "Teresa", "Theresa", "Thomas", "Timothy", "Tomasz", "Ursula", "Vladimir"),
        *("Walter", "Wei", "William", "Xavier", "Yasmin", "Yuki", "Yusuf", "Zainab"),
    }
)
PLACE_WORDS = frozenset(
    {
        *("Avenue", "Bridge", "Centre", "Center", "Church", "College", "Court", "Gardens", "Hall", "Hill", "Hospital"),
        *("House", "Lane", "Library", "Museum", "Park", "Place", "Road", "School", "Square", "Station", "Street"),
        *("University", "Way"),
    }
)
