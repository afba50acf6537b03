import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import topic_matches_sub

from bridge.mqtt.message import check_topic
from bridge.mqtt.topics import GetTopic, RequestTopic, SetTopic, Topics, device_segment


@pytest.mark.parametrize("base", ["growatt", "home/growatt"])
def test_what_is_made_is_parsed(base):
    topics = Topics(base)
    made = {
        topics.set("NOAH"): (topics.set_filter, SetTopic("NOAH", None)),
        topics.set_one("Dach Süd", "charge_limit"): (topics.set_one_filter, SetTopic("Dach Süd", "charge_limit")),
        f"{base}/NOAH/set/slot_1/power": (topics.set_part_filter, SetTopic("NOAH", "slot_1_power")),
        f"{base}/NOAH/set/charge_limit/": (topics.set_part_filter, SetTopic("NOAH", "charge_limit")),
        f"{base}/NOAH/set/": (topics.set_one_filter, SetTopic("NOAH", None)),
        topics.get("NOAH"): (topics.get_filter, GetTopic("NOAH")),
        topics.request("noah", "status"): (topics.request_filter, RequestTopic("noah", "status")),
    }
    for topic, (topic_filter, expected) in made.items():
        assert topic_matches_sub(topic_filter, topic)
        assert topics.parse(topic) == expected


def test_strings():
    topics = Topics("home/growatt")
    assert topics.bridge_state == "home/growatt/bridge/state"
    assert topics.state("NOAH") == "home/growatt/NOAH"
    assert topics.availability("NOAH") == "home/growatt/NOAH/availability"
    assert topics.property("NOAH", "pv_power") == "home/growatt/NOAH/pv_power"
    assert topics.retained("NOAH") == ["home/growatt/NOAH", "home/growatt/NOAH/availability"]
    assert topics.retained("NOAH", ["pv_power"])[2:] == ["home/growatt/NOAH/pv_power"]
    assert topics.set_one("NOAH", "slot_1") == "home/growatt/NOAH/set/slot_1"
    assert topics.result("NOAH") == "home/growatt/NOAH/result"
    assert topics.response("noah", "status") == "home/growatt/bridge/response/noah/status"
    with pytest.raises(ValueError, match="'result'"):
        topics.property("NOAH", "result")


@pytest.mark.parametrize(
    "topic",
    [
        "growatt",
        "growatt/bridge/set",
        "growatt/bridge/get",
        "growatt/bridge/request/noah",
        "growatt/bridge/request//status",
        "growatt/NOAH",
        "growatt/NOAH/result",
        "growatt/NOAH/set/a/b/c",
        "growatt//set",
        "growatts/NOAH/set",
        "NOAH/set",
    ],
)
def test_other_topics_ask_for_nothing(topic):
    assert Topics().parse(topic) is None


@pytest.mark.parametrize(
    ("base", "says"),
    [
        ("", "empty"),
        ("/growatt", "empty level"),
        ("home//growatt", "empty level"),
        ("growatt/", "empty level"),
        ("growatt/+", "wildcard +"),
        ("growatt#", "wildcard #"),
        ("$SYS/growatt", "starts with"),
        ("gro\0watt", "does not allow"),
        ("g" * 201, "longer than 200 bytes"),
    ],
)
def test_bad_base(base, says):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is looked at
        Topics(base)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        ("Garage", "Garage"),
        (" Dach Süd ", "Dach Süd"),
        ("太阳能", "太阳能"),
        ("u\u0308ber", "über"),
        ("a/b+c#d", "a_b_c_d"),
        ("$SYS", "_SYS"),
        ("bridge", "bridge_"),
        ("a\0b\n", "a_b_"),
        ("", "_"),
        ("x" * 120, "x" * 100),
    ],
)
def test_device_segment(name, segment):
    assert device_segment(name) == segment


@given(st.text())
def test_device_segment_is_always_one_safe_level(name):
    segment = device_segment(name)
    segment.encode()
    assert device_segment(segment) == segment
    assert Topics().parse(f"growatt/{segment}/set") == SetTopic(segment, None)


@pytest.mark.parametrize("topic", ["", "a/+", "#", "a\0b", "/".join("a" * 201)])
def test_topics_that_nobody_can_publish_to(topic):
    """At more levels than Mosquitto takes it hangs up."""
    with pytest.raises(ValueError, match="not a topic to publish to"):
        check_topic(topic)


def test_the_deepest_base_leaves_room():
    check_topic(Topics("/".join("a" * 100)).response("noah", "status"))
