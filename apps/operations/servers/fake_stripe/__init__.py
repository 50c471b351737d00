"""A stateful fake of Stripe for development and tests: plain Python, one process, on this machine only.

It speaks version 2026-08-26.dahlia of the API, the one that the pinned `stripe` library asks for. Point the library at
`STRIPE_API_URL` with `STRIPE_SECRET_KEY`; that key with more letters behind it is an account of its own, empty at
first. Each account is one SQLite file. What no Stripe has is under /fake/ and listed in `control`.

What it does
- Products, prices (lookup keys), coupons, promotion codes, customers, cards as payment methods.
- Checkout, mode `subscription`: page at /c/pay/…, test cards, declines, 3-D Secure, promotion codes, trials, expiry.
- Subscriptions: trials, one or more items of one interval, changes with prorations to the second, changes of interval,
  cancel at the period's end or at once, resume, discounts, end of trial with or without a card.
- Invoices: draft for an hour, open, paid, void, uncollectible; four attempts (after 3, 5 and 7 more days), then what
  /fake/settings says (canceled); credit balance; preview; hosted page with payment, and PDF.
- Portal at /p/session/…: card, cancel, resume, invoices; its configurations.
- Payment intents and charges as far as invoices make them; refunds.
- Test clocks, and the same by the wall's clock. Test clocks are advanced before the call is answered.
- Events; webhook endpoints with signed deliveries, repeated with back-off; held, lost, doubled, shuffled on demand.
- Form-encoded parameters, `expand[]`, pages of lists, idempotency keys, Stripe's errors. A parameter that is not known
  here is refused as `parameter_unknown`, so that nothing is silently ignored.

What it does not
- Checkout in the modes `payment` and `setup`, or embedded; setup intents; payment intents made by the API.
- Taxes, other currencies than the price's, tiers, metered use, quantities from the portal, plan changes in the portal.
- Invoices made by hand, invoice items made by hand, credit notes, disputes, balance transactions, payouts.
- A credit for what a `cancel_at` in the middle of a period cuts off; the last period's invoice is of the whole period.
- Schedules, pausing, pending updates, billing thresholds, send_invoice, searches, rate limits, API v2's thin events.
- The event `invoice.upcoming`. Discounts of a customer, of some products only, or of a fixed amount inside prorations.
- Every endpoint has the webhook secret that the server was started with. Retries of deliveries take seconds, not hours.
"""
