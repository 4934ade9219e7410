// Generated from the core's tables by `make bless`; do not edit.
'use strict';

const { AliKassaError, defineError } = require('../alikassa_error.js');

exports.InternalError = defineError(AliKassaError, 'InternalError', 'internal');
exports.ConfigurationError = defineError(AliKassaError, 'ConfigurationError', 'configuration');
exports.KeyLoadError = defineError(exports.ConfigurationError, 'KeyLoadError', 'key_load');
exports.InvalidArgumentError = defineError(AliKassaError, 'InvalidArgumentError', 'invalid_argument');
exports.TransportError = defineError(AliKassaError, 'TransportError', 'transport');
exports.DeadlineExceededError = defineError(AliKassaError, 'DeadlineExceededError', 'deadline_exceeded');
exports.CancelledError = defineError(AliKassaError, 'CancelledError', 'cancelled');
exports.ApiError = defineError(AliKassaError, 'ApiError', 'api');
exports.ValidationError = defineError(exports.ApiError, 'ValidationError', 'validation');
exports.AuthenticationError = defineError(exports.ApiError, 'AuthenticationError', 'authentication');
exports.NotFoundError = defineError(exports.ApiError, 'NotFoundError', 'not_found');
exports.RateLimitError = defineError(exports.ApiError, 'RateLimitError', 'rate_limit');
exports.ServerError = defineError(exports.ApiError, 'ServerError', 'server');
exports.ProtocolError = defineError(AliKassaError, 'ProtocolError', 'protocol');
exports.OutcomeUnknownError = defineError(AliKassaError, 'OutcomeUnknownError', 'outcome_unknown');
exports.DuplicateOrderError = defineError(AliKassaError, 'DuplicateOrderError', 'duplicate_order');
exports.LedgerError = defineError(AliKassaError, 'LedgerError', 'ledger');
exports.NotificationError = defineError(AliKassaError, 'NotificationError', 'notification');
exports.SignatureMismatchError = defineError(exports.NotificationError, 'SignatureMismatchError', 'signature_mismatch');
exports.MalformedNotificationError = defineError(exports.NotificationError, 'MalformedNotificationError', 'malformed_notification');
exports.AccountMismatchError = defineError(exports.NotificationError, 'AccountMismatchError', 'account_mismatch');
exports.GuardError = defineError(AliKassaError, 'GuardError', 'guard');
exports.SigningError = defineError(AliKassaError, 'SigningError', 'signing');
