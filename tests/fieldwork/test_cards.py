"""Cards: what is printed for a link, whatever the language of who prints it."""

from __future__ import annotations

import time_machine

from tests import cast
from tests.fieldwork.office import make_counters


@time_machine.travel(cast.NOW, tick=False)
def test_a_card_is_vietnamese_whoever_prints_it(client, session, world):
    cast.sign_in(client, session, "fieldworker")
    make_counters(client, world.wave, procedures=[world.petrol])
    client.post("/ngon-ngu", data={"language": "en", "csrf_token": cast.csrf(client)})
    page = client.get(f"/dot-khao-sat/{world.wave}/the").text
    assert '<html lang="en"' in page
    card = page.split('<article class="card" lang="vi">')[1].split("</article>")[0]
    for words in ("Mời đánh giá", "Sở Công Thương", "Nhận phiếu đến hết ngày 30/09"):
        assert words in card
    assert card.count("English available.") == 1
