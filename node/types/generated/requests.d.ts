// Generated from the core's tables by `make bless`; do not edit.
// A field that is null or undefined counts as absent. Lengths are in characters.

import type { Amount, Body, BodyValue } from '../values.js';

/**
 * A payment (pay-in) to create.
 *
 * Lengths are in characters. Every field is checked before anything is sent.
 *
 * Source: the payment creation page and the pages of the payment methods.
 */
export interface PaymentRequest {
  /**
   * The amount, in the currency of the account and service: up to 9 integer digits and 2 decimals.
   */
  amount: Amount;
  /** The merchant's id of the order, unique: up to 128 characters. */
  order_id: string;
  /** The service's code, such as `payment_card_rub_hpp`: up to 100 characters. */
  service: string;
  /** The payer's IP address. */
  customer_ip: string;
  /** A description: up to 128 characters. */
  desc?: string | null | undefined;
  /** How long the payment can be paid, in seconds: 900 to 3600. */
  lifetime?: number | bigint | null | undefined;
  /** The payer's id at the merchant: up to 50 characters. */
  customer_account?: string | null | undefined;
  /** The payer's id at the merchant; some methods require it: up to 100 characters. */
  customer_user_id?: string | null | undefined;
  /** The payer's bank; some methods require it: up to 100 characters. */
  customer_code?: string | null | undefined;
  /** The payer's e-mail address: up to 50 characters. */
  customer_email?: string | null | undefined;
  /** The payer's first name: up to 50 characters. */
  customer_first_name?: string | null | undefined;
  /** The payer's last name: up to 50 characters. */
  customer_last_name?: string | null | undefined;
  /** The payer's address: up to 50 characters. */
  customer_address?: string | null | undefined;
  /** The payer's phone: up to 12 characters. */
  customer_phone?: string | null | undefined;
  /** The payer's post code, an integer or a text: up to 12 characters. */
  customer_post_code?: string | number | bigint | null | undefined;
  /** The payer's state: up to 50 characters. */
  customer_state?: string | null | undefined;
  /** The payer's city: up to 20 characters. */
  customer_city?: string | null | undefined;
  /** The User-Agent of the payer's browser; hosted card forms require it: up to 2000 characters. */
  customer_browser_user_agent?: string | null | undefined;
  /** The Accept header of the payer's browser: up to 2000 characters. */
  customer_browser_accept_header?: string | null | undefined;
  /** The payer's `screen.colorDepth`. */
  customer_browser_color_depth?: number | bigint | null | undefined;
  /** The language of the payer's browser: up to 8 characters. */
  customer_browser_language?: string | null | undefined;
  /** The payer's `screen.height`. */
  customer_browser_screen_height?: number | bigint | null | undefined;
  /** The payer's `screen.width`. */
  customer_browser_screen_width?: number | bigint | null | undefined;
  /** The id of a redirect set up in the cabinet; used after success. */
  success_redirect_id?: number | bigint | null | undefined;
  /** The id of a redirect set up in the cabinet; used after failure. */
  fail_redirect_id?: number | bigint | null | undefined;
  /** The id of a notification endpoint set up in the cabinet. */
  notification_endpoint_id?: number | bigint | null | undefined;
  /** Where the payer is sent after success: up to 255 characters. */
  success_redirect_url?: string | null | undefined;
  /** Where the payer is sent after failure: up to 255 characters. */
  fail_redirect_url?: string | null | undefined;
  /** Where notifications about this payment are sent: up to 255 characters. */
  notification_endpoint_url?: string | null | undefined;
  /**
   * Fields that the provider accepts and this library does not know; they are sent after the
   * others.
   */
  other_fields?: Body | null | undefined;
}

/**
 * Which page of the history of payments to request.
 *
 * Source: the payment history page.
 */
export interface HistoryRequest {
  /** The first day, such as `2024-11-01`; its time zone is undocumented. */
  date_from?: string | null | undefined;
  /** The last day, such as `2024-11-30`; its time zone is undocumented. */
  date_to?: string | null | undefined;
  /** The number of the page, from 1. */
  page?: number | bigint | null | undefined;
  /** How many payments a page has. */
  paginate?: number | bigint | null | undefined;
  /**
   * Fields that the provider accepts and this library does not know; they are sent after the
   * others.
   */
  other_fields?: Body | null | undefined;
}

/**
 * The recipient's card details: the field `extra` of a payout. It may contain further fields.
 *
 * Source: the payout creation page.
 */
export interface PayoutExtra {
  /** The year in which the card expires, such as `24`. */
  card_exp_year?: string | null | undefined;
  /** The month in which the card expires, such as `01`. */
  card_exp_month?: string | null | undefined;
  /** The holder's name: up to 100 characters. */
  card_holder?: string | null | undefined;
  /** The card's country as an ISO 3166-1 alpha-2 code. */
  card_country?: string | null | undefined;
  /** The recipient's date of birth, such as `1999-12-15`. */
  card_recipient_birth_date?: string | null | undefined;
  /** Any other field that the provider accepts. */
  [field: string]: BodyValue | undefined;
}

/**
 * A payout to create.
 *
 * Lengths are in characters. For some fields the provider documents no limit. Every field is
 * checked before anything is sent.
 *
 * Source: the payout creation page.
 */
export interface PayoutRequest {
  /** The amount, in the account's currency: up to 18 integer digits and 2 decimals. */
  amount: Amount;
  /** The account, card or phone number to pay to; write a phone number in digits without a plus. */
  number: string;
  /** The merchant's id of the order, unique: up to 128 characters. */
  order_id: string;
  /** The service's code, such as `payment_card_rub`: up to 100 characters. */
  service: string;
  /** The id of a notification endpoint set up in the cabinet. */
  notification_endpoint_id?: number | bigint | null | undefined;
  /** Where notifications about this payout are sent: up to 255 characters. */
  notification_endpoint_url?: string | null | undefined;
  /** Details of the recipient's card; payouts in EUR require them. */
  extra?: PayoutExtra | null | undefined;
  /** The recipient's phone. */
  customer_phone?: string | null | undefined;
  /** The recipient's e-mail address. */
  customer_email?: string | null | undefined;
  /** The recipient's bank; SBP payouts require it. */
  customer_code?: string | null | undefined;
  /** The recipient's first name. */
  customer_first_name?: string | null | undefined;
  /** The recipient's last name. */
  customer_last_name?: string | null | undefined;
  /** The recipient's country. */
  customer_country?: string | null | undefined;
  /**
   * Fields that the provider accepts and this library does not know; they are sent after the
   * others.
   */
  other_fields?: Body | null | undefined;
}
