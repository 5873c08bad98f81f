"""Characters of made-up Chinese names, by their sound without tone."""

SURNAMES = (
    "wang:王710 wang:汪40 li:李700 zhang:张670 zhang:章30 liu:刘540 liu:柳10 chen:陈450 yang:杨310 "
    "huang:黄220 zhao:赵210 wu:吴200 wu:武25 wu:伍15 zhou:周190 xu:徐145 xu:许75 sun:孙140 ma:马100 zhu:朱115 "
    "zhu:祝10 hu:胡115 guo:郭105 he:何95 he:贺18 lin:林105 gao:高95 luo:罗85 luo:骆8 zheng:郑80 liang:梁75 "
    "xie:谢65 song:宋60 tang:唐55 tang:汤25 han:韩55 feng:冯55 feng:封5 deng:邓50 cao:曹50 peng:彭50 "
    "zeng:曾50 xiao:肖50 tian:田45 dong:董45 pan:潘40 yuan:袁40 yuan:苑3 cai:蔡40 jiang:蒋40 jiang:姜35 "
    "jiang:江30 yu:余40 yu:于45 yu:俞15 yu:虞5 du:杜40 ye:叶40 cheng:程40 cheng:成12 wei:魏40 wei:韦20 "
    "wei:卫8 su:苏40 lv:吕40 ding:丁40 ren:任35 lu:卢35 lu:陆30 lu:鲁12 lu:路8 yao:姚35 shen:沈35 shen:申8 "
    "zhong:钟35 cui:崔30 tan:谭30 tan:谈5 fan:范30 fan:樊10 liao:廖30 shi:石30 shi:史20 shi:施20 jin:金30 "
    "jin:靳6 jia:贾25 xia:夏25 fu:傅22 fu:付20 fu:符6 fang:方25 zou:邹25 xiong:熊25 bai:白20 meng:孟20 "
    "qin:秦20 qiu:邱20 qiu:裘3 hou:侯18 yin:尹18 xue:薛18 yan:闫18 yan:严15 yan:颜8 lei:雷15 long:龙15 "
    "tao:陶15 mao:毛15 hao:郝15 gong:龚15 gong:宫4 shao:邵15 wan:万14 qian:钱14 qi:齐6 qi:戚4 xiang:向10 "
    "xiang:项8"
)
"""``sound:character weight`` of each surname."""

_GIVEN = (
    "wei:伟炜玮维威巍 hua:华桦骅 jun:军君俊钧峻 ming:明铭鸣茗 fang:芳方舫 na:娜 xiu:秀绣 ying:英颖莹盈 "
    "min:敏民旻 jing:静晶婧京菁 li:丽莉力立礼 qiang:强 lei:磊蕾 yang:洋阳扬 yan:艳燕彦岩妍 yong:勇永咏 "
    "jie:杰洁捷 juan:娟 tao:涛韬 chao:超 ping:平萍苹 gang:刚钢 gui:桂贵 xia:霞夏 hong:红宏洪鸿 mei:梅美媚 "
    "guo:国 jian:建健剑 zhi:志智芝治 hai:海 dong:东冬栋 chun:春纯 xue:雪学 lan:兰岚澜 yu:玉宇雨钰瑜 "
    "feng:凤锋峰丰 xin:欣新鑫昕 jia:佳家嘉 qing:清青庆晴 wen:文雯 bin:斌彬滨 bo:波博 hui:辉慧惠会 fei:飞菲 "
    "kun:坤昆 liang:亮良 rong:荣蓉容 sheng:胜生声 shu:淑树书 lin:林琳霖 ling:玲灵凌 tian:天甜 yi:义怡艺益 "
    "zhen:珍振真 chang:昌长 cheng:成诚程 de:德 fu:福富 guang:光广 he:和荷 ji:吉继 jin:金锦进 lian:莲连 "
    "long:龙隆 xiang:祥香翔 xiao:小晓孝 zhong:忠中 zi:子梓紫 hao:浩豪昊 han:涵晗翰 xuan:轩萱 ze:泽 yue:月悦 "
    "shan:山珊 shi:世诗 ru:如 si:思 meng:梦萌 qi:琪琦启 rui:瑞睿 zong:宗 zu:祖 xing:兴星 ya:雅亚 lu:露璐 "
    "quan:泉权 cai:才彩 fa:发 gen:根 shui:水 you:友有 ding:定 an:安 kai:凯 peng:鹏 xu:旭 yun:云芸"
)
GIVEN = {part.partition(":")[0]: part.partition(":")[2] for part in _GIVEN.split()}
"""Characters of given names by sound."""

_VARIANTS = (
    "张張 刘劉 陈陳 杨楊 黄黃 赵趙 吴吳 孙孫 马馬 郑鄭 谢謝 韩韓 冯馮 邓鄧 蒋蔣 叶葉 苏蘇 吕呂 卢盧 陆陸 钟鐘 "
    "谭譚 贾賈 龙龍 伟偉 华華 军軍 铭銘 颖穎 丽麗 强強 阳陽 艳艷 洁潔 涛濤 刚剛 贵貴 红紅 国國 东東 学學 兰蘭 "
    "凤鳳 锋鋒 丰豐 庆慶 辉輝 飞飛 荣榮 胜勝 灵靈 义義 艺藝 珍珎 长長 诚誠 连連 锦錦 进進 泽澤 梦夢 启啟 兴興 "
    "云雲 鹏鵬 凯凱 彩綵"
)
VARIANTS = {pair[0]: pair[1] for pair in _VARIANTS.split()}
"""The character as it is also written; a name's form holds the first one."""
