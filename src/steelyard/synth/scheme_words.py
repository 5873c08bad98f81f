"""Schemes in words: the truth names them in English, whoever reads a score may not."""

ZH = {
    "a busy companion": "四处陪标的公司",
    "a cleared field": "中标人以外全部被否决",
    "a hair above the winner": "报价只比中标价高一丝",
    "a month with the firm": "只在该公司待过一个月",
    "accounts hidden": "隐匿账户",
    "admitted in spite of the list": "在黑名单上仍获准投标",
    "bid on a certificate that did not hold": "以失效资质投标",
    "books_not_handed_in": "账目不上交",
    "called in a hurry": "仓促招标",
    "copied score sheet": "照抄的评分表",
    "failed until the right one came": "一再流标，直到“对的人”来",
    "funder of bonds": "代缴保证金的金主",
    "growing contract": "越改越大的合同",
    "insured through a dispatch agency": "社保由劳务派遣公司代缴",
    "lent people": "借来的项目人员",
    "lent without a vote": "未经表决出借集体资金",
    "list hidden": "名单不公示",
    "nobody else came": "没有其他人来投标",
    "one bidder": "只有一家投标",
    "one calculator": "报价出自同一套算法",
    "one consultant's laptop": "同一名咨询人员的电脑",
    "one manager, two sites": "一名项目经理，两个工地",
    "one purse for two bonds": "两笔保证金，同一个钱袋",
    "one purse in one section": "同一标段，同一个钱袋",
    "one room, one disk": "同一间屋，同一块硬盘",
    "professional companion": "职业陪标人",
    "ran out, not listed": "合同到期，未进台账",
    "rent kept": "截留租金",
    "rent nobody collects": "无人催收的租金",
    "rent of a relative": "亲属欠租",
    "signed other terms": "合同与中标条件不一致",
    "signed soon after leaving": "离职不久即签约",
    "story 1: the former employer": "故事一：老东家",
    "story 2: the hill nobody could find": "故事二：谁也找不到的荒山",
    "story 3: rent due, not paid": "故事三：该收未收的租金",
    "story 4: suppliers before the court": "故事四：被诉的供应商",
    "sued and still winning": "被诉仍中标",
    "the cheapest is rejected": "最低价被否决",
    "the former employer builds": "老东家来施工",
    "the loser is paid off": "落标人分到好处",
    "the same guests in turn": "轮流受邀的老面孔",
    "the same price to the fen": "报价一分不差",
    "two firms in one room": "两家公司，同一间屋",
    "two firms of one owner": "两家公司，同一个老板",
    "unbooked payment": "支出不入账",
    "white slip": "白条入账",
}


def scheme_title(story: str) -> dict[str, str] | None:
    """Both languages; None where the story is a model's id: then nothing but that model is meant.

    A story without Chinese words keeps its English ones.
    """
    if "/" in story or not story:
        return None
    said = story.replace("_", " ")
    return {"zh": ZH.get(story, said), "en": said[:1].upper() + said[1:]}
