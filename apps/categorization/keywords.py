"""Words that tell a bucket. The list is the single-user app's; words match whole words, `*` matches how they begin."""

KEYWORDS: dict[str, str] = {
    "income": (
        "payroll, salary, deposit, haemonetics, income, refund, reimbursement, payment received, interest earned"
    ),
    "groceries": (
        "grocer*, supermarket*, trader joe, trader joes, trader joe s, whole foods, wholefds, sprouts, "
        "ralphs, vons, safeway, kroger, albertsons, costco, sam s club, sams club"
    ),
    "dining": (
        "restaurant*, starbucks, coffee, cafe, pizza*, chipotle, mcdonald*, burger*, taco*, subway, "
        "domino*, doordash, uber eats, grubhub, bar, brewery, bistro, grill"
    ),
    "shopping": (
        "amazon*, amzn, target, walmart, wal mart, ebay, etsy, mall, store, retail, merchandise, "
        "shopping, purchase, clothing, apparel, wholesale"
    ),
    "utilities": (
        "electric*, gas, water, internet, cable, phone, mobile, t mobile, verizon, at t, sprint, sdge, sd "
        "gas, utilit*, ting internet, comcast, spectrum"
    ),
    "transportation": (
        "gas station, chevron, shell, arco, mobil, exxon*, uber, lyft, taxi, toll*, parking, dmv, auto, the toll roads"
    ),
    "entertainment": (
        "netflix*, hulu, disney*, spotify, apple music, movie*, theater*, cinema*, concert*, tickets, "
        "entertainment, game*, playstation, xbox, steam*"
    ),
    "healthcare": (
        "pharmac*, cvs, walgreens, doctor*, medical, dental, dentist*, orthodont*, hospital*, clinic*, "
        "health*, care, yoshikane, vet, veterinar*"
    ),
    "education": (
        "school*, tuition, college, university, education*, training, course*, class, martial arts, "
        "gymnastics, teamsnap"
    ),
    "housing": "rent, mortgage, hoa, association, dues, property, rancho ponderosa, lease, housing",
    "subscriptions": (
        "subscription*, membership, monthly, annual, microsoft, apple, google, github, dropbox, icloud, "
        "chatgpt, openai, newshosting"
    ),
}
