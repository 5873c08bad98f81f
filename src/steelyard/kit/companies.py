"""Chinese company names in their parts: region, brand, industry, legal form; branches and former names apart."""

import re
from dataclasses import dataclass

from steelyard.kit.wordlists import listed

FORMS = listed(
    "有限责任公司 股份有限公司 有限公司 股份公司 集团公司 "
    "公司 股份经济合作联合社 股份经济合作社 经济合作联合社 经济合作社 "
    "农民专业合作社联合社 农民专业合作社 专业合作社 股份合作社 供销合作社 "
    "信用合作社 合作社 个人独资企业 普通合伙 有限合伙 "
    "合伙企业 村民委员会 居民委员会 事务所 家庭农场 农场 商行 经营部 工作室 "
    "服务部 加工厂 工厂 厂 店 中心 协会 医院 学校"
)
INDUSTRIES = listed(
    "建设工程 建筑工程 市政工程 园林绿化 建筑安装 工程建设 建设 建筑 工程 市政 "
    "园林 劳务 装饰 房地产 置业 物业管理 物业 贸易 商贸 "
    "实业 科技 信息技术 技术 投资管理 投资 咨询 咨询管理 农业开发 农业 种植 "
    "养殖 畜牧 水产 物流 运输 食品 餐饮 酒店 旅游 文化 "
    "传媒 广告 环保 新能源 能源 电力 机械 机电 设备 制造 材料 建材 医药 医疗 教育 服务 管理 开发 发展 集团"
)
_REGION = (
    "(?:中国)?(?:[一-鿿]{2,3}省|[一-鿿]{2,6}自治区)?(?:[一-鿿]{2,4}(?:市|自治州))?(?:[一-鿿]{1,4}(?:县|区|旗))?"
    "(?:[一-鿿]{1,4}(?:镇|乡|街道))?(?:[一-鿿]{1,4}(?:村|社区))?"
)
PATTERN = f"^({_REGION})(.*?)((?:{'|'.join(INDUSTRIES)})*)({'|'.join(FORMS)})$"
"""Region, brand, industry, legal form; read alike by Python, DuckDB and Spark."""
BRANCH = (
    "^(.+(?:公司|合作社|厂|中心|事务所|学校|医院))"
    "([^司社厂]+(?:分公司|分社|分店|分厂|营业部|办事处|门市部|分校|分院)|分公司)$"
)
"""The parent and the branch."""
_PATTERN, _BRANCH = re.compile(PATTERN), re.compile(BRANCH)
_BRACKETS = re.compile(r"[()（）\[\]【】〔〕]")
_FORMER = re.compile(r"[(（](?:原名?|曾用名|前身)[:：为是]?([^()（）]+)[)）]")


@dataclass(frozen=True)
class CompanyName:
    """A company's name, split."""

    region: str
    brand: str
    industry: str
    form: str
    branch: str = ""
    parent: str = ""
    """Name of the company whose branch it is."""
    former: tuple[str, ...] = ()


def split(name: str) -> CompanyName:
    """The parts of a name without blanks in simplified characters; what cannot be told apart is brand."""
    former = tuple(_FORMER.findall(name))
    text = _BRACKETS.sub("", _FORMER.sub("", name))
    found = _BRANCH.match(text)
    head, branch = found.groups() if found else (text, "")
    parts = _PATTERN.match(head)
    region, brand, industry, form = parts.groups() if parts else ("", head, "", "")
    return CompanyName(region, brand, industry, form, branch, head if branch else "", former)
