"""English."""

from assistant.questions.words import Topic, Words

_PEOPLE = r"(?:clients?|customers?|patients?|students?|people|persons?|faces)"
_MISSING = (
    r"(?:miss(?:es|ed|ing)?|skip(?:s|ped)?|no.?shows?|absen\w+|bail(?:s|ed|ing)?|standing|stood|stands?|flak\w+"
    r"|did not (?:come"
    r"|show|turn)"
    r"|do(?:es)? not (?:come|show|turn)|never (?:come|show|turn)s?|failed to (?:come|show))\b"
)

WORDS = Words(
    months=(
        "january",
        "february feb",
        "march",
        "april apr",
        "may",
        "june",
        "july",
        "august aug",
        "september sept sep",
        "october oct",
        "november",
        "december dec",
    ),
    weekdays=("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    spellings=(
        (r"[’']", "'"),
        (r"\b(what|how|who|it|that)'?s\b", r"\1 is"),
        (r"\b(do|does|did|was|is|are|were)n'?t\b", r"\1 not"),
        (r"\b(i)'?ve\b", r"\1 have"),
        (r"\b(i|we)'ll\b", r"\1 will"),
        (r"\bappts?\b", "appointments"),
        (r"\bppl\b", "people"),
        (r"\b(?:pls|plz)\b", "please"),
        (r"\bgood (?:morning|afternoon|evening|day)\b", "hi"),
        (r"\b(?:tmrw|tmw|tomorow|tommorow|tommorrow)\b", "tomorrow"),
        (r"\b(january|february|march|april|may|june|july|august|september|october|november|december)'s\b", r"\1"),
        (r"(?<=[a-z])'s?\b", ""),
    ),
    topics={
        Topic.NEW_CLIENTS: (
            rf"\bnew {_PEOPLE}\b|\bfirst.?time(?:rs?)?\b|\b{_PEOPLE} (?:(?:were|are) )?new\b|\bnewcomers?\b"
        ),
        Topic.RANKING: (
            rf"\b(?:who|which|what {_PEOPLE})\b(?!.*\b(?:rate|percentage|number|how many)\b).*\b{_MISSING}"
            rf"|\b{_PEOPLE} (?:who|that|with) (?:the )?(?:most )?{_MISSING}|\bworst offenders?\b"
            rf"|\bmisses (?:the )?most\b"
        ),
        Topic.NO_SHOWS: rf"\b{_MISSING}|\bturn(?:ed)? up\b|\battendance\b",
        Topic.CANCELLED: r"\bcancell?(?:ed|ations?)\b",
        Topic.REVENUE: (
            r"\bearn(?:ed|ings?|s)?\b|\b(?:i|we) (?:make|made|bill|gross|charge)\b|\bhave (?:i|we) (?:made|billed)\b"
            r"|\brevenue\b|\bincome\b|\bturnover\b|\btakings\b|\bmoney\b|\btake in\b|\btook in\b|\bbring in\b"
            r"|\bbrought in\b|\bcame in\b|\bbilled\b|\bsales\b|\bgot paid\b|\bpaid me\b|\bpayments\b|\breceived?\b"
        ),
        Topic.COUNT: (
            r"\bhow many (?:\w+ ){0,2}(?:appointments?|sessions?|consultations?|hair ?cuts?|cuts?|lessons?|classes"
            r"|bookings?|visits?)\b|\b(?:number|total) of (?:appointments|sessions|consultations|cuts|lessons|classes"
            rf"|bookings|visits)\b|\bhow many {_PEOPLE} (?:did|have) (?:i|we) (?:see|seen|serve|served|attend"
            rf"|attended)\b"
        ),
        Topic.SUMMARY: (
            r"\bfull picture\b|\bhow (?:\w+ )?(?:went|was|were|is|are|did|has|have|am)\b|\bsummar|\boverview\b"
            r"|\bnumbers\b|\bfigures\b"
            r"|\bstat(?:s|istics)\b"
            r"|\bperformance\b|\breport\b|\bresults\b|\btell me about\b|\brecap\b|\bsum up\b|\bwhat happened\b"
            r"|\bbreakdown\b|\brun.?down\b|\bsnapshot\b"
            r"|\bshow me\b|\b(?:a )?good month\b"
        ),
    },
    six_months=(
        r"\b(?:last |past |previous )?(?:six|6) months\b|\bhalf (?:a )?year\b|\b(?:last|past|recent) months\b"
        r"|\ball (?:the )?months\b|\bmonth by month\b|\b(?:per|by|each|every) month\b"
    ),
    several_months=r"\b(?:last|past|previous) (two|2|three|3|four|4|five|5) months\b",
    numbers={"two": 2, "three": 3, "four": 4, "five": 5},
    many_months=r"\bmonths\b",
    best_month=r"\b(?:best|worst) month\b|\b(?:which|what) month\b",
    last_month=r"\b(?:last|previous|past) month\b|\bmonth before$",
    month_before_last=r"\bmonth before last\b",
    this_month=r"\b(?:this|current) month\b|\bso far\b|\bmonth to date\b|\bthe month\b(?! (?:of|before))",
    day_after_tomorrow=r"\bday after tomorrow\b",
    tomorrow=r"\btomorrow\b",
    today=r"(?<!to )(?<!until )(?<!of )\b(?:today|tonight)\b",
    week=r"\bweek\b|\b(?:next|coming|following) (?:(?:7|seven) )?days\b|\b(?:next|upcoming) (?:appointments|clients)\b",
    next_one=r"\bnext (?:appointment|client|customer|patient|student|session|lesson|one)\b|\bmy (?:schedule|agenda)\b",
    from_month=r"\b(?:since|starting (?:in|from))\b",
    to_now=r"\b(?:(?:until|till|to|through|up to) (?:now|today|date)|onwards?)\b",
    coming=(
        r"\bwho\b|\bschedule\b|\bagenda\b|\bcalendar\b|\bappointments?\b|\bbookings?\b|\bbooked\b|\bbusy\b|\bcoming\b"
        r"|\bcomes\b"
        r"|\bhave\b|\bsee\b|\bnext\b|\bclients?\b|\bpatients?\b|\bsessions?\b|\bwhat is (?:on|my)\b|\blook like\b"
        r"|\banyone\b"
    ),
    over=r"\b(?:was|were|did|had|went|saw|happened|made|earned|came|missed)\b|\bhave (?:i|we) \w+(?:ed|de|en)\b",
    future_money=(
        r"\b(?:will|going to) (?:i |we )?(?:earn|make|receive|take|bring)\b|\bwill (?:i|we)\b|\bexpect"
        r"|\b(?:should|can) i\b"
    ),
    comparing=(
        r"\bcompar|\bdifferen|\bversus\b|\bvs\b|\bbetter\b|\bworse\b|\bmore (?:than|.* or)\b|\bstack\b|\bless than\b"
        r"|\bfewer than\b"
        r"|\bagainst\b"
        r"|\bgrew\b|\bgrown\b|\bimproved?\b"
    ),
    by_name=r"\bwho\b|\b(?:which|what) (?:client|customer|patient|student|people|person)|\bwhich\b(?=.*\bcancel)",
    beyond=(
        r"\byesterday\b|\blast (?:week|night|year|time|weekend|quarter|monday|tuesday|wednesday|thursday|friday"
        r"|saturday"
        r"|sunday)\b|\byears?\b|\b(?:next|following|coming) (?:week|months?|year|weekend)\b|\bweekends?\b|\bquarters?\b"
        r"|\bweeks\b|\bever\b|\balways\b|\bhistory\b|\bwhy\b|\baverage\b|\bper (?:day|week|client)\b|\bfree\b"
        r"|\bopen(?:ings?)?\b|\b(?:last|past|previous) (?:\d+ |seven )?days\b|\bmore than (?:once|one time)\b"
        r"|\bbest (?:client"
        r"|customer|patient|student)|\b(?:which|what) days?\b|\b(?:did|do|does|have|has) not (?:cancel|pa(?:y|id)"
        r"|receiv)"
        r"|\bnever miss|\bmiss\w* (?:the )?(?:least|fewest|less)\b|\bdo(?:es)? not miss|\bleast\b"
        r"|\bfewest\b|\bspen[dt]|\bexpenses?\b|\bcosts?\b|\bin \d+ months\b|\bago\b|\bbefore\b(?! last\b)(?!$)"
        r"|\b(?:best|worst|busiest|slowest) days?\b|\bshould\b|\b(?:first|second|other) half\b|\bis new\b|\b(?:until"
        r"|till|to|through) (?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
    ),
    bare=r"and|in|on|for|the|of|about|what|so|far|this|last|current|previous|month|please|my|is",
    fillers="""
a an the and or of in on at for to from with by so far me my mine i we us our you your it this that these those there
here what how who which when was were is are am be been did do does done has have had will would could can should go
going gone went get got give gave show tell told see saw seen look looks like want know need let please thanks thank
hi hello hey good bad much many any all each every most more less fewer than some anyone anybody someone somebody
nobody not no never up down out about during between against versus vs x better worse best worst month months week day
days today tonight tomorrow after before last past previous current next coming following upcoming two three four five
six seven half number numbers figures total rate percentage percent share money paid took take bring brought make made
come comes came happen happened things business practice clinic shop salon schedule agenda calendar new first time
times newcomers name names list one ones keep keeps keeping standing stand stands stood turn turned shows booked busy
overview recap sum breakdown really actually now right exactly date people person persons attend attended serve served
often usually receive received expect expected over quick quickly brief short full looking doing rundown snapshot
whole entire customer visits onwards walk through walking picture sitting books timers sorry yeah um flake bail
bailing bails seeing stack appear until till since starting still
""",
    stems=(
        r"miss(?:es|ed|ing)?|skip(?:s|ped)?|no.?shows?|noshows?|absen\w+|cancell?(?:ed|ations?)|earn\w*|revenue|income"
        r"|turnover|takings|bill|billed|gross|charge|sales|clients?|customers?|patients?|students?|faces|appointments?"
        r"|sessions?|consultations?|hair|hair ?cuts?|cuts?|lessons?|classes|bookings?|visits?|summar\w+|stats?"
        r"|statistics"
        r"|performance|report|results|compar\w+|differen\w+|improved?|grew|grown|offenders?|attendance|flak\w+|ranking"
    ),
)
