"""The pages of the results of a wave, for tests that walk over all of them."""

PAGE = "/ket-qua/dn-quy-3"
PAGES = (
    PAGE,
    f"{PAGE}/theo/don-vi",
    f"{PAGE}/dien-bien",
    f"{PAGE}/so-sanh",
    f"{PAGE}/tieu-chi",
    f"{PAGE}/do-nhay",
    f"{PAGE}/ty-le-tra-loi",
    f"{PAGE}/huong-dan",
    f"{PAGE}/cach-tinh",
    f"{PAGE}/tai-ve",
)
