"""The numbers of every edition as the texts have them, written by hand beside the rule files."""

from __future__ import annotations

COMMON = {
    "legal_person": "legal_person = yes",
    "sme": "sme = yes",
    "abnormal_list": "abnormal_list = no",
    "blacklist": "credit_blacklist = no",
    "clean": "no accident violation, 3 years",
}

#: Edition → criterion → what it asks: money in 10,000 yuan (USD: dollars), shares in per cent, the rest as it is.
CRITERIA: dict[str, dict[str, str]] = {
    "innovative-2022": {
        "evaluation": "any(all(total ≥ 60; total.innovation ≥ 20; total.growth ≥ 15; total.focus ≥ 15);"
        " science_award of national provincial, 3 years; any(holds high_tech; tech_demo ip_advantage ip_model);"
        " rd_institution ≥ provincial; equity_paid_in sum 3 ≥ 500)",
    },
    "srdi-2022": COMMON
    | {
        "own_title": "holds srdi provincial [review]",
        "niche_years": "niche_years ≥ 2",
        "rd": "all(rd_expense ≥ 100; rd_ratio ≥ 3)",
        "revenue": "any(revenue ≥ 1000; equity_paid_in sum 2 ≥ 2000)",
        "evaluation": "any(total ≥ 60; science_award of provincial, rank 3, 3 years; science_award of national, rank 5,"
        " 3 years; rd_expense mean 2 ≥ 1000; equity_paid_in sum 2 ≥ 6000; chuangke of national, rank 500, 3 years)",
    },
    "srdi-2026": COMMON
    | {
        "lower_title": "holds tech_sme innovative_sme",
        "niche_years": "niche_years ≥ 3",
        "revenue": "any(revenue ≥ 1500; equity_paid_in sum 2 ≥ 2000)",
        "main_share": "main_share ≥ 80",
        "product_share": "product_share > 50",
        "debt": "debt_ratio ≤ 80",
        "rd": "all(rd_expense each 2 ≥ 100; rd_ratio each 2 ≥ 3)",
        "ip": "any(ip1_count ≥ 1; science_award of national provincial, rank 3, 3 years; rd_institution ≥ provincial)",
        "market": "judged",
        "platform_score": "platform_score ≥ 50 [new]",
        "platform_score_review": "platform_score any 2 ≥ 50 [review]",
    },
    "lg-2022": COMMON
    | {
        "srdi_title": "holds srdi provincial",
        "own_title": "holds little_giant [review]",
        "niche_years": "any(niche_years ≥ 3; all(niche_years ≥ 2; judged))",
        "main_share": "main_share ≥ 70",
        "growth": "main_revenue_growth mean 2 ≥ 5",
        "information_system": "information_system = yes",
        "certificate": "any(management_certificate = yes; overseas_certificate = yes)",
        "debt": "debt_ratio ≤ 70",
        "market_share": "market_share ≥ 10",
        "brand": "own_brand = yes",
        "innovation": "any(all(by revenue(all(equity_paid_in sum 2 ≥ 8000; rd_expense ≥ 3000; rd_staff_share ≥ 50);"
        " from 5000: rd_ratio each 2 ≥ 6; from 10000: rd_ratio each 2 ≥ 3); rd_institution ≥ below; ip1_count ≥ 2);"
        " science_award of national, rank 3, 3 years; chuangke of national, rank 50, 3 years)",
        "chain": "judged",
        "field": "any(six_basics = yes; key_field = yes; judged)",
    },
    "lg-2026": COMMON
    | {
        "srdi_title": "holds srdi provincial",
        "own_title": "holds little_giant [review]",
        "niche_years": "niche_years ≥ 3",
        "revenue": "revenue ≥ 5000",
        "main_share": "main_share ≥ 90",
        "product_share": "product_share > 50",
        "growth": "revenue_growth compound 2 ≥ 5 [new]",
        "debt": "debt_ratio ≤ 75",
        "rd": "all(rd_expense sum 2 ≥ 1200; rd_ratio each 2 ≥ 3)",
        "ip": "any(ip1_count ≥ 4; science_award of national, rank 3, 3 years)",
        "market": "any(market_share ≥ 10; rank_national ≤ 3)",
        "chain": "judged",
        "platform_score": "platform_score ≥ 60 [new]",
        "platform_score_review": "platform_score any 2 ≥ 60 [review]",
    },
    "lg-notice-2025": {
        "notice_revenue": "revenue ≥ 5000",
        "notice_champion": "lacks single_champion national",
        "notice_control": "judged",
    },
    "lg-notice-2026": {"notice_champion": "lacks single_champion national", "notice_control": "judged"},
    "champion-2022": {"field_years": "any(new_product_years ≥ 3; judged)", "rest": "judged"},
    "champion-2023": {
        "field_years": "any(niche_years ≥ 10; new_product_years ≥ 5)",
        "main_revenue": "main_revenue mean 3 ≥ 40000",
        "world_rank": "rank_world ≤ 3",
        "technology": "judged",
        "innovation": "judged",
        "clean": "no accident violation, 3 years",
    },
    "champion-2023-srdi-template": {
        "main_revenue_srdi": "any(main_revenue mean 3 ≥ 40000;"
        " all(holds srdi little_giant; main_revenue mean 3 ≥ 20000))",
    },
    "champion-shandong-2017": {
        "place": "in 37",
        "field_years": "niche_years ≥ 3",
        "product_share": "any(product_of_main ≥ 70; judged)",
        "rank": "all(rank_national ≤ 5; rank_province ≤ 1)",
        "revenue": "any(revenue each 3 ≥ 40000; holds little_giant;"
        " all(holds srdi provincial; revenue each 3 ≥ 10000))",
    },
    "gazelle-shandong-2020": {
        "place": "in 37",
        "field": "any(strategic_emerging = yes; judged)",
        "trade": "outside J K701",
        "years": "accounting_years ≥ 3",
        "debt": "debt_ratio < 70",
        "unlisted": "all(listed = no; parent_listed = no)",
        "growth": "by revenue(revenue ≥ 1000;"
        " from 1000: any(revenue_growth compound 2 ≥ 25; profit_growth compound 2 ≥ 25);"
        " from 2000: any(revenue_growth compound 2 ≥ 20; profit_growth compound 2 ≥ 20);"
        " from 10000: any(revenue_growth compound 2 ≥ 15; profit_growth compound 2 ≥ 15);"
        " from 40000: any(revenue_growth compound 2 ≥ 10; profit_growth compound 2 ≥ 10))",
        "rd": "by revenue(rd_ratio each 2 ≥ 5; from 10000: rd_ratio each 2 ≥ 2.5)",
        "rights": "any(invention_patents ≥ 2; utility_and_software ≥ 8; standards_led ≥ 1)",
        "credit_score": "credit_score ≥ 75",
    },
    "gazelle-jnhtz-2016": {
        "place": "in 370171",
        "growth": "any(by revenue(revenue ≥ 1000;"
        " from 1000: any(revenue_growth compound 2 ≥ 20; profit_growth compound 2 ≥ 20);"
        " from 10000: any(revenue_growth compound 2 ≥ 15; profit_growth compound 2 ≥ 15);"
        " from 50000: any(revenue_growth compound 2 ≥ 10; profit_growth compound 2 ≥ 10));"
        " any(all(founded_years ≤ 6; revenue ≥ 50000); all(founded_years ≤ 7; revenue ≥ 60000);"
        " all(founded_years ≤ 8; revenue ≥ 70000); all(founded_years ≤ 9; revenue ≥ 80000);"
        " all(founded_years ≤ 10; revenue ≥ 90000); all(founded_years ≤ 11; revenue ≥ 100000)))",
        "innovation": "any(invention_patents ≥ 1; utility_models ≥ 6; talent; rd_institution ≥ city; judged)",
    },
    "unicorn-shandong-2018": {
        "place": "in 37",
        "age": "any(founded_years ≤ 10; judged)",
        "equity": "any(equity_paid_in any 3 > 0; judged)",
        "unlisted": "listed = no",
        "valuation": "valuation_usd > 1000000000",
        "credit_score": "credit_score ≥ 73",
    },
    "quasi-unicorn-shandong-2018": {
        "age": "any(founded_years ≤ 10; judged)",
        "valuation": "valuation_usd > 100000000",
        "credit_score": "credit_score ≥ 73",
    },
    "hightech-2016": {
        "registered": "registered_days ≥ 365",
        "field": "judged",
        "tech_staff": "tech_staff_share ≥ 10",
        "rd": "by revenue(rd_ratio pooled 3 ≥ 5; above 5000: rd_ratio pooled 3 ≥ 4;"
        " above 20000: rd_ratio pooled 3 ≥ 3)",
        "rd_domestic": "rd_domestic_share pooled 3 ≥ 60",
        "hitech_share": "hitech_share ≥ 60",
        "innovation": "total > 70",
        "clean": "no accident violation, 1 years",
    },
    "techsme-2017": {
        "employees": "employees ≤ 500",
        "revenue": "revenue ≤ 20000",
        "assets": "total_assets ≤ 20000",
        "abnormal_list": "abnormal_list = no",
        "blacklist": "credit_blacklist = no",
        "evaluation": "any(all(total ≥ 60; total.staff > 0); holds high_tech; science_award of national, rank 3,"
        " 5 years; rd_institution ≥ provincial; all(standards_led ≥ 1; judged))",
    },
    "techsme-notice-2026": {
        "site_check": "any(all(employees > 5; any(ip1_count ≥ 1; ip2_count ≥ 1); rd_expense ≥ 10;"
        " no violation, 3 years); judged)",
        "first_time": "judged [new]",
    },
    "above-scale-2011": {"trade": "under B C D", "main_revenue": "main_revenue ≥ 2000"},
    "above-scale-watch-template": {"main_revenue": "all(main_revenue ≥ 1500; main_revenue < 2000)"},
    "doubling-template": {
        "place": "in 3701",
        "trade": "any(under C I65; judged)",
        "revenue": "any(revenue ≥ 10000; all(under I65; revenue ≥ 3000))",
        "performance": "by revenue(all(tax_ratio ≥ 3; revenue_growth ≥ 20; tax_growth ≥ 10; net_profit > 0);"
        " from 30000: all(tax_ratio ≥ 2.5; revenue_growth ≥ 10; tax_growth ≥ 5; net_profit > 0);"
        " above 500000: all(tax_growth > 0; profit_growth > 0))",
    },
}

#: Edition → item → points: what gives them.
POINTS: dict[str, dict[str, str]] = {
    "innovative-2022": {
        "innovation.ip": "20: ip1_high_value_count ≥ 1, 15: ip1_self_count ≥ 1, 10: ip1_count ≥ 1, 5: ip2_count ≥ 1, 0",
        "innovation.rd": "20: rd_ratio ≥ 5, 15: rd_ratio ≥ 3, 10: rd_ratio ≥ 2, 5: rd_ratio ≥ 1, 0",
        "growth.main_growth": "20: main_revenue_growth ≥ 15, 15: main_revenue_growth ≥ 10, 10: main_revenue_growth ≥ 5,"
        " 5: main_revenue_growth ≥ 0, 0",
        "growth.debt": "10: debt_ratio ≤ 55, 5: debt_ratio ≤ 75, 0",
        "focus.field": "10: strategic_emerging = yes, 5",
        "focus.main_share": "20: main_share ≥ 70, 15: main_share ≥ 60, 10: main_share ≥ 55, 5: main_share ≥ 50, 0",
    },
    "srdi-2022": {
        "focus.main_share": "5: main_share ≥ 80, 3: main_share ≥ 70, 1: main_share ≥ 60, 0",
        "focus.main_growth": "10: main_revenue_growth mean 2 ≥ 10, 8: main_revenue_growth mean 2 ≥ 8,"
        " 6: main_revenue_growth mean 2 ≥ 6, 4: main_revenue_growth mean 2 ≥ 4, 2: main_revenue_growth mean 2 ≥ 0, 0",
        "focus.niche": "1 for every 2 of niche_years, to 5",
        "focus.field": "5: judged, 3: any(six_basics = yes; time_honoured; judged), 0",
        "refined.digital": "5: digital_level ≥ 3, 3: digital_level ≥ 2, 0",
        "refined.quality": "to 5: 3: quality_award of national provincial, 3: management_certificate = yes,"
        " 3: own_brand = yes, 3: standards_led ≥ 1",
        "refined.profit": "10: profit_ratio ≥ 10, 8: profit_ratio ≥ 8, 6: profit_ratio ≥ 6, 4: profit_ratio ≥ 4,"
        " 2: profit_ratio ≥ 2, 0",
        "refined.debt": "5: debt_ratio ≤ 50, 3: debt_ratio ≤ 60, 1: debt_ratio ≤ 70, 0",
        "feature.local": "judged to 15",
        "innovation.ip": "10: ip1_high_value_count ≥ 1, 8: ip1_self_count ≥ 1, 6: ip1_count ≥ 1, 2: ip2_count ≥ 1, 0",
        "innovation.rd": "10: any(rd_expense ≥ 500; rd_ratio ≥ 10), 8: any(rd_expense ≥ 400; rd_ratio ≥ 8),"
        " 6: any(rd_expense ≥ 300; rd_ratio ≥ 6), 4: any(rd_expense ≥ 200; rd_ratio ≥ 4),"
        " 2: any(rd_expense ≥ 100; rd_ratio ≥ 3), 0",
        "innovation.rd_staff": "5: rd_staff_share ≥ 20, 3: rd_staff_share ≥ 10, 1: rd_staff_share ≥ 5, 0",
        "innovation.institution": "10: rd_institution ≥ national, 8: rd_institution ≥ provincial,"
        " 4: rd_institution ≥ city, 2: rd_institution ≥ below, 0",
    },
    "hightech-2016": {
        "ip.rights": "to 30: 8: judged, 8: judged, 8: judged, 6: judged, 2: judged",
        "results.results": "judged to 30",
        "management.system": "judged to 6",
        "management.institution": "judged to 6",
        "management.incentives": "judged to 4",
        "management.talent": "judged to 4",
        "growth.net_assets_growth": "to 10: 1: net_assets_growth mean 2 > 0, 2: net_assets_growth mean 2 ≥ 5,"
        " 2: net_assets_growth mean 2 ≥ 15, 2: net_assets_growth mean 2 ≥ 25, 2: net_assets_growth mean 2 ≥ 35,"
        " 1: all(net_assets_growth mean 2 > 0; judged)",
        "growth.revenue_growth": "to 10: 1: revenue_growth mean 2 > 0, 2: revenue_growth mean 2 ≥ 5,"
        " 2: revenue_growth mean 2 ≥ 15, 2: revenue_growth mean 2 ≥ 25, 2: revenue_growth mean 2 ≥ 35,"
        " 1: all(revenue_growth mean 2 > 0; judged)",
    },
    "techsme-2017": {
        "staff.tech_staff": "20: tech_staff_share ≥ 30, 16: tech_staff_share ≥ 25, 12: tech_staff_share ≥ 20,"
        " 8: tech_staff_share ≥ 15, 4: tech_staff_share ≥ 10, 0",
        "rd.rd": "best(50: rd_ratio ≥ 6, 40: rd_ratio ≥ 5, 30: rd_ratio ≥ 4, 20: rd_ratio ≥ 3, 10: rd_ratio ≥ 2, 0 |"
        " 50: rd_cost_ratio ≥ 30, 40: rd_cost_ratio ≥ 25, 30: rd_cost_ratio ≥ 20, 20: rd_cost_ratio ≥ 15,"
        " 10: rd_cost_ratio ≥ 10, 0)",
        "results.rights": "30: ip1_count ≥ 1, 24: ip2_count ≥ 4, 18: ip2_count ≥ 3, 12: ip2_count ≥ 2,"
        " 6: ip2_count ≥ 1, 0",
    },
}
#: Shandong's lines in the place of the local indicators: 4 + 4 + 4 + 3.
SHANDONG = {
    "local_field": "4: judged, 3: judged, 2: judged, 1: judged, 0",
    "local_innovation": "to 4: 2: first_set first_batch first_software new_product of national provincial, 3 years,"
    " 2: any(governor_cup; chuangke of provincial), 2: judged, 2: judged, 2: judged, 2: judged",
    "local_share": "4: any(market_share > 10; rank_national ≤ 3), 3: any(rank_national ≤ 10; rank_province ≤ 3),"
    " 2: rank_province ≤ 10, 0",
    "local_listing": "best(3: listed = yes, 0 | judged to 3)",
}
