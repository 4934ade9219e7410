'use strict';

const { Client } = require('./client.js');
const errors = require('./errors.js');
const { SigningKey, VerifyingKey } = require('./keys.js');
const { Ledger } = require('./ledger.js');
const native = require('./native.js');
const { LedgerRow } = require('./record.js');
const replies = require('./responses.js');
const { canonicalJson } = require('./canonical_json.js');

// `import { … }` finds these names by reading this file, not by running it; hence `exports.` on every line.
exports.Client = Client;
exports.Ledger = Ledger;
exports.LedgerRow = LedgerRow;
exports.SigningKey = SigningKey;
exports.VerifyingKey = VerifyingKey;
exports.canonicalJson = canonicalJson;
exports.version = native.version();

exports.AccountInfo = replies.AccountInfo;
exports.AccountMethod = replies.AccountMethod;
exports.Balance = replies.Balance;
exports.CreatedPayment = replies.CreatedPayment;
exports.CreatedPayout = replies.CreatedPayout;
exports.History = replies.History;
exports.HistoryMeta = replies.HistoryMeta;
exports.HistoryPayment = replies.HistoryPayment;
exports.Notification = replies.Notification;
exports.Payment = replies.Payment;
exports.PaymentStatus = replies.PaymentStatus;
exports.Payout = replies.Payout;
exports.Redirect = replies.Redirect;
exports.Reply = replies.Reply;
exports.Resolution = replies.Resolution;
exports.StatusResult = replies.StatusResult;

exports.AccountMismatchError = errors.AccountMismatchError;
exports.AliKassaError = errors.AliKassaError;
exports.ApiError = errors.ApiError;
exports.AuthenticationError = errors.AuthenticationError;
exports.CancelledError = errors.CancelledError;
exports.ConfigurationError = errors.ConfigurationError;
exports.DeadlineExceededError = errors.DeadlineExceededError;
exports.DuplicateOrderError = errors.DuplicateOrderError;
exports.InternalError = errors.InternalError;
exports.InvalidArgumentError = errors.InvalidArgumentError;
exports.KeyLoadError = errors.KeyLoadError;
exports.LedgerError = errors.LedgerError;
exports.MalformedNotificationError = errors.MalformedNotificationError;
exports.NotFoundError = errors.NotFoundError;
exports.NotificationError = errors.NotificationError;
exports.OutcomeUnknownError = errors.OutcomeUnknownError;
exports.ProtocolError = errors.ProtocolError;
exports.RateLimitError = errors.RateLimitError;
exports.ServerError = errors.ServerError;
exports.SignatureMismatchError = errors.SignatureMismatchError;
exports.TransportError = errors.TransportError;
exports.ValidationError = errors.ValidationError;
