from skelconv_babel.classes import class_names


def test_the_names_stand_in_the_order_of_labels():
    # From the index that BABEL publishes with its features (action_label_2_idx.json).
    names = class_names(120)
    known = {0: "walk", 4: "interact with/use object", 25: "a pose", 59: "martial art"}
    known |= {
        60: "balance",
        98: "communicate (vocalise)",
        111: "press something",
        119: "sudden movement",
    }
    assert {index: names[index] for index in known} == known
    assert len(set(names)) == 120
    assert class_names(60) == names[:60]
