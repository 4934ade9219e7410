'use strict';

const { Client } = require('./client.js');
const errors = require('./errors.js');
const { SigningKey, VerifyingKey } = require('./keys.js');
const native = require('./native.js');
const { Balance, Payment, PaymentStatus, Payout, Reply } = require('./replies.js');
const { canonicalJson } = require('./values.js');

// `import { … }` finds these names by reading this file, not by running it; hence `exports.` on every line.
exports.Balance = Balance;
exports.Client = Client;
exports.Payment = Payment;
exports.PaymentStatus = PaymentStatus;
exports.Payout = Payout;
exports.Reply = Reply;
exports.SigningKey = SigningKey;
exports.VerifyingKey = VerifyingKey;
exports.canonicalJson = canonicalJson;
exports.version = native.version();

exports.AliKassaError = errors.AliKassaError;
exports.ApiError = errors.ApiError;
exports.AuthenticationError = errors.AuthenticationError;
exports.CancelledError = errors.CancelledError;
exports.ConfigurationError = errors.ConfigurationError;
exports.DeadlineExceededError = errors.DeadlineExceededError;
exports.InternalError = errors.InternalError;
exports.InvalidArgumentError = errors.InvalidArgumentError;
exports.KeyLoadError = errors.KeyLoadError;
exports.NotFoundError = errors.NotFoundError;
exports.NotificationError = errors.NotificationError;
exports.ProtocolError = errors.ProtocolError;
exports.RateLimitError = errors.RateLimitError;
exports.ServerError = errors.ServerError;
exports.SignatureMismatchError = errors.SignatureMismatchError;
exports.TransportError = errors.TransportError;
exports.ValidationError = errors.ValidationError;
