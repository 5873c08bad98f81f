"""Which words move a report to the sealed door, and which leave it with the office that can help."""

import pytest

from steelyard.web.people.doors import speaks_of_a_person
from steelyard.web.people.models import Appeal
from steelyard.web.people.tests.flow import HILL, file_report

pytestmark = pytest.mark.django_db
ACCUSATIONS = [
    "村支书李国富贪污山租，我们要求查清楚。", "书记把钱装进自己口袋，没有人管。",
    "李国富每年把山租揣进自己口袋，大家都知道。",
    "Li Guofu puts the hill rent in his own pocket every year", "李 国 富 每年都一个人去收后山的东西",
    "Guofu Li never shows us anything",
    "LI GUOFU'S truck is on the hill each night", "组长占了大家的补贴，一直不说。", "村主任的儿子包了所有工程。",
    "社长要好处费才肯盖章给我们。", "有人私吞了修路的款项，请查一查。", "修路的石头被人吞了一半，回扣很多。",
    "Somebody takes a kickback for every road here.", "The party secretary keeps the rent of the pond.",
    "They embezzle what the village gets.", "贪 污 的 人 还 在 村 里", "ＬＩ　ＧＵＯＦＵ has the hill",
]  # fmt: skip
MATTERS = [
    HILL, "村里的路修了一半就停了，到现在没有人来完工。", "后山没有任何数据，谁在承包、租金多少都没有公开。",
    "去年的粮食补贴到现在还没有发下来，请帮忙问一问。", "镇上办事窗口太慢，主任不在，跑了三趟没有答复。",
    "修好这条路对大家都有好处，请尽快安排。", "The road to the school is half finished and nobody works there.",
    "The subsidy for last year has not arrived in our village.", "The office is slow: I have come three times.",
    "The director was not in his room and nobody answered me.", "The factory has not paid its rent for long.",
]  # fmt: skip


@pytest.mark.parametrize("text", ACCUSATIONS)
def test_an_accusation_goes_to_the_sealed_door(cast, text):
    assert speaks_of_a_person(text)


@pytest.mark.parametrize("text", MATTERS)
def test_an_innocent_matter_stays_a_matter(cast, text):
    assert not speaks_of_a_person(text)


def test_a_named_secretary_never_reaches_the_local_desk(cast, as_user):
    file_report(as_user(None), text="Li Guofu puts the hill rent in his own pocket every year")
    appeal = Appeal.objects.get()
    assert (appeal.door, appeal.receiver) == ("accusation", cast.sun.body)
