#!/usr/bin/python3
"""The status page of the real daemon in a real browser:  page_test.py DROPLOAD SCREENSHOTS

By /usr/bin/python3: Debian installs selenium for that one, whichever comes first in PATH."""
import pathlib
import sys
import unittest

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser import Daemon, Page, open_browser

BINARY, SCREENSHOTS = sys.argv[1], pathlib.Path(sys.argv[2])
GOOD = "id,amount\n1,10\n2,20\n"
BAD = "id,amount\n3,ten\n"


class StatusPage(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon(BINARY)
        self.addCleanup(self.daemon.remove)
        self.browser = open_browser()
        self.addCleanup(self.browser.quit)
        self.page = Page(self.browser, self.daemon)

    def fail_one(self, name="bad.csv"):
        """A column of numbers, then a file with a word in it."""
        self.daemon.drop("good.csv", GOOD)
        self.page.until_listed("good.csv", "done")
        self.daemon.drop(name, BAD)
        self.page.until_listed(name, "failed")

    def test_an_empty_daemon_is_fine_and_the_console_stays_silent(self):
        self.page.open()
        self.assertEqual(self.page.text("#standing"), "all is fine")
        self.assertEqual(self.page.count("#organizations .slots li"), 5)
        self.assertIn("No file has come yet", self.page.text("#list-note"))
        self.page.until("both plots are drawn", lambda: self.page.count("#plots svg") == 2)
        self.assertEqual(self.page.complaints(), [])

    def test_what_happens_shows_without_loading_the_page_again(self):
        self.page.open()
        self.page.run("window.loadedOnce = true")
        self.daemon.drop("good.csv", GOOD)
        self.page.until_listed("good.csv", "done")
        self.page.until("the tile counts it", lambda: self.page.text(".tile.done b") == "1")
        self.assertTrue(self.page.run("return window.loadedOnce"))
        self.assertEqual(self.page.complaints(), [])

    def test_a_file_that_is_dragged_onto_a_route_is_submitted(self):
        self.page.open()
        self.page.drag_onto("orders", "shoes 2026.csv", GOOD)
        self.page.until("it is accepted", lambda: "accepted" in self.page.text("#uploads"))
        self.page.until_listed("shoes 2026.csv", "done")
        self.assertEqual(self.page.count("#uploads progress"), 0)

    def test_a_file_that_is_dragged_past_the_routes_leaves_the_page_as_it_is(self):
        self.page.open()
        self.assertFalse(self.page.run("return document.querySelector('h1').dispatchEvent(new DragEvent('drop', {bubbles: true, cancelable: true}))"))

    def test_a_failed_one_says_why_and_is_retried_with_one_click(self):
        self.page.open()
        self.fail_one()
        self.assertEqual(self.page.text("#standing"), "something is wrong")
        self.page.click("#list tr td.id a")
        self.page.until("its reason is shown", lambda: "ten" in self.page.text("#detail .sentence.failed"))
        self.page.until("its way is shown", lambda: self.page.count("#detail .timeline li") >= 3)
        before = self.page.text("#detail-title")
        self.page.click("#detail button[data-verb=retry]")
        self.page.until("the new one is shown", lambda: self.page.text("#detail-title") not in ("", before))
        self.assertEqual(self.page.complaints(), [])

    def test_a_held_duplicate_is_released_by_a_click(self):
        self.page.open()
        self.daemon.drop("good.csv", GOOD)
        self.page.until_listed("good.csv", "done")
        self.daemon.drop("again.csv", GOOD)
        self.page.until_listed("again.csv", "held")
        self.page.click("#list tr td.id a")
        self.page.click("#detail button[data-verb=release]")
        self.page.until("it is imported", lambda: "done" in self.page.text("#detail-title"))

    def test_search_and_filters_narrow_the_list_and_stand_in_the_address(self):
        self.page.open()
        self.fail_one("bad.csv")
        self.browser.find_element(By.ID, "text").send_keys("BAD")
        self.page.until("only the one is listed", lambda: self.page.count("#list tr") == 1 and "bad.csv" in self.page.text("#list"))
        self.assertIn("text=BAD", self.browser.current_url)
        self.page.click("#filters button[data-key=clear]")
        self.page.until("all are listed", lambda: self.page.count("#list tr") == 2)
        self.page.click(".tile.failed")
        self.page.until("only failed ones are listed", lambda: self.page.count("#list tr") == 1)
        self.page.open("#/?state=done")
        self.page.until("the address narrows too", lambda: "good.csv" in self.page.text("#list") and self.page.count("#list tr") == 1)

    def test_markup_in_file_names_and_error_texts_stays_text(self):
        name = "<img src=x onerror=window.pwned=1>\"'&.csv"
        self.page.open()
        self.daemon.drop("good.csv", GOOD)
        self.page.until_listed("good.csv", "done")
        self.daemon.drop(name, "id,amount\n3,<svg onload=window.pwned=1>\n")
        self.page.until_listed(name, "failed")
        self.page.click("#list tr td.id a")
        self.page.until("the reason is shown", lambda: "<svg" in self.page.text("#detail .sentence.failed"))
        self.page.drag_onto("orders", "<b onclick=window.pwned=1>.csv", "")
        self.page.until("the upload is told of", lambda: "<b onclick" in self.page.text("#uploads"))
        self.assertEqual(self.page.count("#list img, #detail svg, #uploads b"), 0)
        self.assertIsNone(self.page.run("return window.pwned ?? null"))

    def test_the_keyboard_does_for_everything(self):
        self.page.open()
        self.daemon.drop("good.csv", GOOD)
        self.page.until_listed("good.csv", "done")
        body = self.browser.find_element(By.TAG_NAME, "body")
        body.send_keys("/")
        self.assertEqual(self.page.run("return document.activeElement.id"), "text")
        self.page.run("document.activeElement.blur()")
        body.send_keys("j")
        self.browser.switch_to.active_element.send_keys(Keys.ENTER)
        self.page.until("it is open", lambda: self.page.run("return document.getElementById('detail').open"))
        self.browser.switch_to.active_element.send_keys(Keys.ESCAPE)
        self.page.until("it is closed", lambda: not self.page.run("return document.getElementById('detail').open"))
        self.assertNotIn("submissions/", self.browser.current_url)

    def test_a_daemon_that_is_away_is_said_and_found_again(self):
        self.page.open()
        self.daemon.stop()
        self.page.until("it is said", lambda: self.page.text("#live").startswith("not connected"))
        self.daemon.start()
        self.page.until("it is live again", lambda: self.page.text("#live") == "live")
        self.daemon.drop("good.csv", GOOD)
        self.page.until_listed("good.csv", "done")

    def test_nothing_is_cut_off_on_a_phone_or_a_desk_in_light_or_dark(self):
        self.page.open()
        self.fail_one("a_rather_long_name_" + 20 * "of_a_file_" + ".csv")
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for name, width, height in (("desk", 1280, 1400), ("phone", 390, 1600)):
            self.browser.set_window_size(width, height)
            for scheme in ("light", "dark"):
                self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
                self.assertLessEqual(self.page.run("return document.documentElement.scrollWidth - window.innerWidth"), 0, f"{name}, {scheme}")
                lightness = self.page.run("return Number(/\\d+/.exec(getComputedStyle(document.body).backgroundColor)[0])")
                self.assertEqual(lightness > 127, scheme == "light")
                self.assertTrue(self.browser.save_screenshot(str(SCREENSHOTS / f"{name}-{scheme}.png")))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
