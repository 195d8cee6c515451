"""The words of the `translation` corpus, and the forms German has for them.

Tables, each entry with what the grammar must know about it. An underscore is a space.
"""

# English singular/plural, German gender, singular/plural. Nouns that change in the singular as well
# have three forms: nominative/other cases/plural. An underscore is a space, here and below.
NOUNS = {
    "person": """
        teacher/teachers m Lehrer/Lehrer, doctor/doctors m Arzt/Ärzte,
        student/students m Student/Studenten/Studenten, boy/boys m Junge/Jungen/Jungen,
        neighbour/neighbours m Nachbar/Nachbarn/Nachbarn, friend/friends m Freund/Freunde,
        brother/brothers m Bruder/Brüder, man/men m Mann/Männer, woman/women f Frau/Frauen,
        sister/sisters f Schwester/Schwestern, mother/mothers f Mutter/Mütter,
        aunt/aunts f Tante/Tanten, queen/queens f Königin/Königinnen, girl/girls n Mädchen/Mädchen,
        child/children n Kind/Kinder""",
    "text": """
        novel/novels m Roman/Romane, letter/letters m Brief/Briefe, book/books n Buch/Bücher,
        poem/poems n Gedicht/Gedichte, story/stories f Geschichte/Geschichten,
        newspaper/newspapers f Zeitung/Zeitungen,
        crime_novel/crime_novels m Kriminalroman/Kriminalromane,
        love_letter/love_letters m Liebesbrief/Liebesbriefe,
        machine_learning_book/machine_learning_books n
            Machine-Learning-Buch/Machine-Learning-Bücher,
        cookery_book/cookery_books n Kochbuch/Kochbücher""",
    "event": """
        course/courses m Kurs/Kurse, concert/concerts n Konzert/Konzerte,
        seminar/seminars n Seminar/Seminare, lecture/lectures f Vorlesung/Vorlesungen,
        language_course/language_courses m Sprachkurs/Sprachkurse,
        dance_course/dance_courses m Tanzkurs/Tanzkurse,
        piano_lesson/piano_lessons f Klavierstunde/Klavierstunden,
        computer_science_lecture/computer_science_lectures f
            Informatikvorlesung/Informatikvorlesungen,
        deep_learning_lecture/deep_learning_lectures f
            Deep-Learning-Vorlesung/Deep-Learning-Vorlesungen""",
    "thing": """
        table/tables m Tisch/Tische, chair/chairs m Stuhl/Stühle, coat/coats m Mantel/Mäntel,
        car/cars n Auto/Autos, boat/boats n Boot/Boote, bicycle/bicycles n Fahrrad/Fahrräder,
        lamp/lamps f Lampe/Lampen, clock/clocks f Uhr/Uhren, bag/bags f Tasche/Taschen,
        kitchen_table/kitchen_tables m Küchentisch/Küchentische,
        city_map/city_maps m Stadtplan/Stadtpläne, wine_glass/wine_glasses n Weinglas/Weingläser,
        coffee_cup/coffee_cups f Kaffeetasse/Kaffeetassen,
        washing_machine/washing_machines f Waschmaschine/Waschmaschinen""",
    "food": """
        apple/apples m Apfel/Äpfel, cake/cakes m Kuchen/Kuchen, egg/eggs n Ei/Eier,
        potato/potatoes f Kartoffel/Kartoffeln, tomato/tomatoes f Tomate/Tomaten,
        birthday_cake/birthday_cakes m Geburtstagskuchen/Geburtstagskuchen,
        potato_salad/potato_salads m Kartoffelsalat/Kartoffelsalate,
        cheese_sandwich/cheese_sandwiches n Käsebrot/Käsebrote,
        vegetable_soup/vegetable_soups f Gemüsesuppe/Gemüsesuppen""",
}
# Whom one calls one's own.
RELATIVES = {
    "singular": "teacher doctor neighbour friend brother sister mother aunt child",
    "plural": "teachers neighbours friends brothers sisters aunts children",
}
# Nouns without article and plural.
MASSES = {
    "drink": """
        coffee m Kaffee, tea m Tee, beer n Bier, water n Wasser, milk f Milch,
        lemonade f Limonade, apple_juice m Apfelsaft, orange_juice m Orangensaft,
        peppermint_tea m Pfefferminztee, mineral_water n Mineralwasser""",
    "game": "chess n Schach, tennis n Tennis, football m Fußball, table_tennis n Tischtennis",
    "language": """
        German n Deutsch, Polish n Polnisch, English n Englisch, Vietnamese n Vietnamesisch""",
}
ADJECTIVES = {
    "person": "old=alt young=jung friendly=freundlich tired=müde clever=klug famous=berühmt "
    "hungry=hungrig happy=glücklich",
    "text": "long=lang short=kurz interesting=interessant famous=berühmt boring=langweilig "
    "difficult=schwierig",
    "event": "long=lang short=kurz interesting=interessant boring=langweilig difficult=schwierig",
    "thing": "old=alt new=neu big=groß small=klein heavy=schwer cheap=billig beautiful=schön "
    "red=rot blue=blau",
    "food": "big=groß small=klein fresh=frisch good=gut cold=kalt",
    "drink": "hot=heiß cold=kalt fresh=frisch good=gut",
}
# English: infinitive/he/-ing/past, German: ich/er/infinitive/participle. A participle after "ist"
# forms its perfect with "sein". A star marks a verb that has no progressive and is not done gladly
# or regularly, two stars one of a state, which did not happen at any time either.
VERBS = {
    "text": """
        read/reads/reading/read lese/liest/lesen/gelesen,
        write/writes/writing/wrote schreibe/schreibt/schreiben/geschrieben,
        translate/translates/translating/translated übersetze/übersetzt/übersetzen/übersetzt,
        look_for/looks_for/looking_for/looked_for suche/sucht/suchen/gesucht,
        copy/copies/copying/copied schreibe+ab/schreibt+ab/schreiben+ab/abgeschrieben,
        ** understand/understands/understanding/understood
            verstehe/versteht/verstehen/verstanden""",
    "event": """
        attend/attends/attending/attended besuche/besucht/besuchen/besucht,
        organise/organises/organising/organised organisiere/organisiert/organisieren/organisiert,
        prepare/prepares/preparing/prepared bereite+vor/bereitet+vor/bereiten+vor/vorbereitet,
        * miss/misses/missing/missed verpasse/verpasst/verpassen/verpasst""",
    "thing": """
        buy/buys/buying/bought kaufe/kauft/kaufen/gekauft,
        sell/sells/selling/sold verkaufe/verkauft/verkaufen/verkauft,
        paint/paints/painting/painted male/malt/malen/gemalt,
        repair/repairs/repairing/repaired repariere/repariert/reparieren/repariert,
        look_for/looks_for/looking_for/looked_for suche/sucht/suchen/gesucht,
        pick_up/picks_up/picking_up/picked_up hole+ab/holt+ab/holen+ab/abgeholt,
        ** need/needs/needing/needed brauche/braucht/brauchen/gebraucht,
        * find/finds/finding/found finde/findet/finden/gefunden""",
    "food": """
        eat/eats/eating/ate esse/isst/essen/gegessen,
        order/orders/ordering/ordered bestelle/bestellt/bestellen/bestellt,
        try/tries/trying/tried probiere/probiert/probieren/probiert,
        bring_along/brings_along/bringing_along/brought_along
            bringe+mit/bringt+mit/bringen+mit/mitgebracht""",
    "person": """
        visit/visits/visiting/visited besuche/besucht/besuchen/besucht,
        meet/meets/meeting/met treffe/trifft/treffen/getroffen,
        look_for/looks_for/looking_for/looked_for suche/sucht/suchen/gesucht,
        call/calls/calling/called rufe+an/ruft+an/rufen+an/angerufen,
        invite/invites/inviting/invited lade+ein/lädt+ein/laden+ein/eingeladen,
        look_at/looks_at/looking_at/looked_at sehe+an/sieht+an/sehen+an/angesehen,
        ** know/knows/knowing/knew kenne/kennt/kennen/gekannt,
        ** love/loves/loving/loved liebe/liebt/lieben/geliebt,
        * see/sees/seeing/saw sehe/sieht/sehen/gesehen""",
    "helped": """
        help/helps/helping/helped helfe/hilft/helfen/geholfen,
        thank/thanks/thanking/thanked danke/dankt/danken/gedankt,
        follow/follows/following/followed folge/folgt/folgen/ist_gefolgt,
        listen_to/listens_to/listening_to/listened_to höre+zu/hört+zu/hören+zu/zugehört""",
    "given": """
        give/gives/giving/gave gebe/gibt/geben/gegeben,
        show/shows/showing/showed zeige/zeigt/zeigen/gezeigt,
        send/sends/sending/sent schicke/schickt/schicken/geschickt,
        lend/lends/lending/lent leihe/leiht/leihen/geliehen""",
    "drink": """
        drink/drinks/drinking/drank trinke/trinkt/trinken/getrunken,
        order/orders/ordering/ordered bestelle/bestellt/bestellen/bestellt""",
    "game": "play/plays/playing/played spiele/spielt/spielen/gespielt",
    "language": """
        learn/learns/learning/learned lerne/lernt/lernen/gelernt,
        speak/speaks/speaking/spoke spreche/spricht/sprechen/gesprochen,
        ** understand/understands/understanding/understood
            verstehe/versteht/verstehen/verstanden""",
    "somewhere": """
        sleep/sleeps/sleeping/slept schlafe/schläft/schlafen/geschlafen,
        work/works/working/worked arbeite/arbeitet/arbeiten/gearbeitet,
        wait/waits/waiting/waited warte/wartet/warten/gewartet,
        laugh/laughs/laughing/laughed lache/lacht/lachen/gelacht""",
    "together": """
        sing/sings/singing/sang singe/singt/singen/gesungen,
        dance/dances/dancing/danced tanze/tanzt/tanzen/getanzt,
        swim/swims/swimming/swam schwimme/schwimmt/schwimmen/ist_geschwommen,
        watch_TV/watches_TV/watching_TV/watched_TV sehe+fern/sieht+fern/sehen+fern/ferngesehen,
        go_shopping/goes_shopping/going_shopping/went_shopping
            kaufe+ein/kauft+ein/kaufen+ein/eingekauft""",
    "alone": "get_up/gets_up/getting_up/got_up stehe+auf/steht+auf/stehen+auf/ist_aufgestanden",
}
PLACES = """
    in_the=im park=Park, in_the=im garden=Garten, in_the=im living_room=Wohnzimmer,
    in_the=im dining_room=Esszimmer, at_the=am train_station=Bahnhof, at=zu home=Hause,
    in=in the=der kitchen=Küche, in=in the=der library=Bibliothek,
    at=an the=der bus_stop=Bushaltestelle, at=an the=der university=Universität,
    in=in Berlin=Berlin, in=in Warsaw=Warschau, in=in Vienna=Wien, in=in Hanoi=Hanoi"""
TIMES = {
    "present": """
        every=jeden day=Tag, every=jeden evening=Abend, on_Sundays=sonntags, in=im summer=Sommer""",
    "past": """
        yesterday=gestern, last=letzte week=Woche, last=letztes year=Jahr, on=am Monday=Montag,
        this=heute morning=Morgen""",
}
ADVERBS = "often=oft, always=immer, seldom=selten, never=nie"

# Who acts: I, one other, several. What depends on it, in this order.
AGREEMENTS = ("first", "third", "plural")
DO = dict(zip(AGREEMENTS, ("do", "does", "do"), strict=True))
BE = dict(zip(AGREEMENTS, ("am", "is", "are"), strict=True))
HAVE = dict(zip(AGREEMENTS, ("habe", "hat", "haben"), strict=True))
BE_PERFECT = dict(zip(AGREEMENTS, ("bin", "ist", "sind"), strict=True))
LIKE = dict(zip(AGREEMENTS, ("like=gerne", "likes=gerne", "like=gerne"), strict=True))
MODALS = {
    "first": "can=kann must=muss should=soll may=darf want_to=will",
    "third": "can=kann must=muss should=soll may=darf wants_to=will",
    "plural": "can=können must=müssen should=sollen may=dürfen want_to=wollen",
}
COPULAS = {
    "present": {"first": "am=bin", "third": "is=ist", "plural": "are=sind"},
    "past": {"first": "was=war", "third": "was=war", "plural": "were=waren"},
}
# "Her" would be "sie" in the accusative, as "them" is: a German sentence is to have one meaning.
PRONOUNS = {
    "first": "I=ich",
    "third": "he=er she=sie",
    "plural": "we=wir they=sie",
    "accusative": "him=ihn them=sie",
    "dative": "him=ihm her=ihr them=ihnen",
}
THINKERS = {
    "first": "know=weiß think=glaube hope=hoffe say=sage",
    "third": "knows=weiß thinks=glaubt hopes=hofft says=sagt",
    "plural": "know=wissen think=glauben hope=hoffen say=sagen",
}
KNOW = {"first": "know=weiß", "third": "know=weiß", "plural": "know=wissen"}

GENDERS = ("m", "f", "n", "plural")
# What stands before a noun, by case, in the order of GENDERS; "-" is no ending.
DEFINITE = {
    "nominative": "der die das die",
    "accusative": "den die das die",
    "dative": "dem der dem den",
}
STRONG = {"nominative": "er e es e", "accusative": "en e es e", "dative": "em er em en"}
MIXED = {"nominative": "- e - e", "accusative": "en e - e", "dative": "em er em en"}
# The endings of adjectives after "der" and "dieser", and after "ein", "kein" and "mein"; without
# any of these they are those of STRONG.
ADJECTIVE_WEAK = {"nominative": "e e e en", "accusative": "en e e en", "dative": "en en en en"}
ADJECTIVE_MIXED = {"nominative": "er e es en", "accusative": "en e es en", "dative": "en en en en"}
CASES = tuple(DEFINITE)
MASS_GENDERS = {topic: [g for g in GENDERS if f" {g} " in table] for topic, table in MASSES.items()}
# How often which verbs and which subjects occur.
FREQUENCIES = {
    **{"text": 0.13, "event": 0.12, "thing": 0.13, "food": 0.1, "person": 0.13, "helped": 0.06},
    **{"given": 0.07, "drink": 0.07, "game": 0.03, "language": 0.04},
    **{"somewhere": 0.06, "together": 0.05, "alone": 0.01},
}
SHARES = {"first": 0.2, "third": 0.5, "plural": 0.3}
