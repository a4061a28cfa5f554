"""Names of people and schools: our own lists. No real person is meant."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NameGroup:
    """Names that go together in a family, the language it is written to in, and how common it is in the district."""

    share: float
    language: str
    race: str
    speaks_other: float  # share of households that speak `language` rather than English
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    families: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


GROUPS: tuple[NameGroup, ...] = (
    NameGroup(
        0.40,
        "en",
        "white",
        0.0,
        _words(
            "Abigail Alice Audrey Beatrice Caroline Charlotte Clara Claire Daisy Eleanor Elise Eliza "
            "Emma Esther Evelyn Fiona Georgia Grace Hannah Harriet Hazel Holly Ingrid Isla Ivy Jane "
            "Josephine Juliet Laurel Lily Louisa Lucy Mabel Maeve Maren Martha Mary Molly Nell Nora "
            "Olive Paige Phoebe Rose Ruby Ruth Sadie Sylvia Tabitha Violet Willa Winifred"
        ),
        _words(
            "Adam Alfred Andrew Arthur August Benjamin Caleb Charles Colin Connor Daniel David Dylan "
            "Edward Elliot Ethan Evan Felix Finn Frederick George Graham Grant Henry Hugh Isaac Jack "
            "James Jasper John Joseph Jude Leo Liam Lucas Luke Miles Nathan Noah Oliver Oscar Owen "
            "Patrick Peter Philip Reid Robert Samuel Silas Simon Theodore Thomas Walter William"
        ),
        _words(
            "Abbott Anderson Archer Atwood Bailey Baker Barlow Beck Bennett Bishop Blackwell Bowen "
            "Brennan Brooks Burke Caldwell Callahan Carlson Chandler Clarke Collins Cooper Crawford "
            "Dalton Dawson Donovan Doyle Duncan Ellis Fairbanks Fischer Fletcher Foster Gallagher "
            "Garner Gibson Hanson Harper Hartley Hayes Hoffman Holloway Hudson Jensen Kavanagh Keller "
            "Kennedy Lambert Larsen Lawson MacDonald Marsh McCarthy Meyer Miller Morgan Murphy Nelson "
            "Novak Olsen Palmer Parker Pearce Pratt Quinn Reynolds Rhodes Schultz Sheridan Sinclair "
            "Snyder Sullivan Tanner Tucker Vaughn Wagner Walsh Webb Weber Whitaker Wolfe Woodward Young"
        ),
    ),
    NameGroup(
        0.27,
        "es",
        "hispanic",
        0.62,
        _words(
            "Alejandra Ana_Lucía Andrea Antonia Beatriz Camila Carmen Catalina Cecilia Daniela Elena "
            "Emilia Esperanza Fernanda Gabriela Guadalupe Inés Isabel Jimena Julieta Leticia Lucía Luz "
            "Marisol Martina Mariana Natalia Paloma Paula Pilar Regina Rocío Sofía Valentina Valeria "
            "Ximena"
        ),
        _words(
            "Alejandro Andrés Ángel Antonio Carlos César Cristian Diego Eduardo Emiliano Enrique "
            "Esteban Felipe Fernando Gabriel Gael Guillermo Ignacio Iván Javier Joaquín Jorge José "
            "Juan_Pablo Julián Leonardo Luis Mateo Miguel Nicolás Óscar Pablo Rafael Ricardo Rodrigo "
            "Santiago Sebastián Tomás"
        ),
        _words(
            "Aguilar Alvarado Álvarez Barrera Benítez Cabrera Calderón Campos Cárdenas Castillo "
            "Cervantes Contreras Cortés Delgado Domínguez Escobar Espinoza Estrada Fuentes Gallegos "
            "García Gómez González Guerrero Gutiérrez Hernández Herrera Ibarra Juárez León López "
            "Maldonado Márquez Martínez Medina Mejía Méndez Molina Morales Muñoz Navarro Núñez Ochoa "
            "Padilla Peña Pérez Quintero Ramírez Ramos Reyes Ríos Rivera Robles Rojas Romero Rosales "
            "Ruiz Salazar Sandoval Serrano Soto Torres Valdez Vargas Vega Zamora"
        ),
    ),
    NameGroup(
        0.15,
        "en",
        "black",
        0.0,
        _words(
            "Aaliyah Amara Amina Aniyah Ashanti Brielle Camille Deja Ebony Gabrielle Imani Jada Jasmine "
            "Kayla Kiara Layla Makayla Maya Naomi Nia Nyla Raven Sade Serenity Simone Skylar Tamara "
            "Tiana Trinity Zaria Zora"
        ),
        _words(
            "Amari Andre Antoine Cameron Darius Dante Demetrius Elijah Isaiah Jalen Jamal Jaylen "
            "Jermaine Jordan Josiah Kareem Keon Khalil Lamar Malcolm Malik Marcus Maurice Micah Nasir "
            "Omari Quincy Reggie Terrence Tyrell Xavier Zion"
        ),
        _words(
            "Banks Battle Booker Boykin Brown Bryant Carter Coleman Cunningham Daniels Dixon Dorsey "
            "Fields Freeman Gaines Glover Grant Greene Hampton Harris Hawkins Haywood Holmes Ingram "
            "Jackson Jefferson Jenkins Johnson Joyner Lewis Mack Mosley Muhammad Payne Pettway Randolph "
            "Richardson Robinson Rollins Simmons Singleton Thomas Toussaint Tyson Wallace Washington "
            "Watkins Whitfield Wilkins Winston"
        ),
    ),
    NameGroup(
        0.05,
        "zh",
        "asian",
        0.45,
        _words(
            "Amy Cindy Emily Grace Jiayi Jing Katherine Lan Lily Mei Michelle Ruolan Sophia Vivian "
            "Xinyi Yan Yuting Zoe"
        ),
        _words(
            "Alan Andrew Brian Chen Eric Haoran Jason Jun Kevin Leon Ming Ryan Tian Victor Wei William "
            "Yichen Zihan"
        ),
        _words(
            "Cai Chang Chen Cheng Chu Deng Feng Gao Guo He Huang Jiang Lau Li Liang Lin Liu Lu Luo Ma "
            "Ng Pan Qian Shen Sun Tan Tang Wang Wong Wu Xie Xu Yang Ye Yu Zhang Zhao Zheng Zhou Zhu"
        ),
    ),
    NameGroup(
        0.04,
        "hi",
        "asian",
        0.30,
        _words(
            "Aanya Aditi Anika Anjali Diya Ishani Kavya Leela Meera Neha Nisha Pooja Riya Saanvi Sana "
            "Shreya Sunita Tara Uma Zara"
        ),
        _words(
            "Aarav Aditya Arjun Dev Farhan Imran Ishaan Karan Kabir Krish Manav Nikhil Nitin Rahul "
            "Rohan Sameer Suresh Varun Vihaan Vikram"
        ),
        _words(
            "Agarwal Ahmed Bhatt Chaudhary Das Desai Deshmukh Gill Gupta Iyer Jain Joshi Kapoor Kaur "
            "Khan Kulkarni Malhotra Mehta Menon Mishra Nair Pandey Patel Pillai Rao Reddy Saxena Shah "
            "Sharma Singh Sinha Srinivasan Thakur Trivedi Varma"
        ),
    ),
    NameGroup(
        0.03,
        "vi",
        "asian",
        0.55,
        _words(
            "Anh Bích Chi Diễm Hạnh Hoa Hương Kim Lan Linh Mai My Ngọc Nhi Phương Quyên Thảo Thu Trang Vy"
        ),
        _words(
            "An Bảo Bình Duy Đức Hải Hiếu Hùng Huy Khánh Khoa Long Minh Nam Phong Phúc Quang Sơn Tuấn Việt"
        ),
        _words(
            "Bùi Cao Đặng Đinh Đỗ Dương Hồ Hoàng Huỳnh Lâm Lê Lương Lý Mai Ngô Nguyễn Phạm Phan Tạ Trần "
            "Trịnh Trương Võ Vũ"
        ),
    ),
    NameGroup(
        0.03,
        "ar",
        "white",
        0.55,
        _words(
            "Aisha Amal Dalia Dina Fatima Hala Huda Iman Jana Khadija Lamia Lina Mariam Noor Rania Reem "
            "Salma Samira Yasmin Zahra"
        ),
        _words(
            "Adel Ahmad Ali Amir Bilal Fadi Faisal Hadi Hamza Hassan Ibrahim Idris Karim Khaled Mahmoud "
            "Nabil Omar Rami Tariq Yusuf"
        ),
        _words(
            "Abbas Abdallah Aziz Bishara Darwish Fares Ghanem Habib Hamdan Hariri Hassan Hussein Issa "
            "Jaber Kassem Khoury Mansour Mustafa Najjar Nasser Qasim Rahman Saleh Sayegh Shadid Tahir "
            "Yassin Zaidan"
        ),
    ),
    NameGroup(
        0.02,
        "so",
        "black",
        0.70,
        _words("Amina Asha Ayaan Deqa Faduma Hodan Ifrah Khadra Ladan Maryan Nasra Sagal Sahra Ubah Zamzam"),
        _words(
            "Abdi Abdirahman Ayub Bashir Farah Guled Hassan Ismail Jama Liban Mahad Mohamed Nuh Said Yahye"
        ),
        _words(
            "Abdi Abdullahi Ali Barre Dirie Egal Farah Guled Hersi Hirsi Isse Jama Mohamud Nur Omar "
            "Osman Samatar Warsame Yusuf"
        ),
    ),
    NameGroup(
        0.01,
        "en",
        "native",
        0.0,
        _words("Aiyana Cheyenne Dakota Kaya Leona Mika Nina Rayne Shania Talia Winona"),
        _words("Ahanu Chayton Colt Elan Koda Logan Nash River Tate Wyatt Takoda"),
        _words(
            "Begay Benally Blackhorse Redcloud Eagle Jumper Locklear Lonetree Nez Tsosie Whitehorse Yazzie"
        ),
    ),
)

SCHOOL_FIRST = _words(
    "Cedar Maple Willow Juniper Aspen Birch Alder Hawthorn Laurel Magnolia Sycamore Chestnut "
    "Elm Linden Poplar Rowan Larch Hickory Walnut Redwood Granite Harbor Lake Meadow Mill "
    "Orchard Prairie Quarry Ridge River Stone Summit Sunrise Valley Bluebird Heron Falcon "
    "Kestrel Fox Otter Clover Copper Amber Silver Golden Crystal Autumn Winter"
)
SCHOOL_SECOND = _words(
    "Hill Grove Creek Park Point Springs Heights Landing View Crossing Hollow Glen Bend Field "
    "Brook Bluff Terrace Run Gate Commons Shore Woods Falls Bridge Haven Knoll Lane Meadows "
    "Trail Vale Pass Harbor Fork Spur Canyon Mesa Rapids Ford Bay Island"
)
LEVEL_NAMES = ("Elementary School", "Middle School", "High School")


def school_names(count: int) -> list[str]:
    """`count` different place names for schools, always in the same order. ValueError beyond what the lists hold."""
    first, second = len(SCHOOL_FIRST), len(SCHOOL_SECOND)
    if count > first * second:
        raise ValueError(f"names for {first * second} schools exist, {count} were asked for")
    # 48 and 40 share factors, so the second word also moves on with every full turn of the first.
    return [f"{SCHOOL_FIRST[i % first]} {SCHOOL_SECOND[(i + i // first) % second]}" for i in range(count)]
