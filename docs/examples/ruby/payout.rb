# frozen_string_literal: true

# Pays orders, each at most once, and says what became of each:
#
#     ruby payout.rb payouts.sqlite A-1 A-2 A-3
#
# The account and the certificate come from the environment, and ALIKASSA_LIBRARY is the path of libalikassa.so.

require_relative 'alikassa'

PAYOUT = { amount: '3.00', number: '4111111111111111', service: 'payment_card_rub' }.freeze

def pay(client, order_id)
  client.create_payout(**PAYOUT, order_id:).fetch('payment_status')
rescue AliKassa::Failure => e
  # Not sent and rejected orders may be sent again, when the reason is mended; created ones never.
  e.outcome == 'unknown' ? resolve(client, order_id) : "#{e.outcome}, #{e.members['code']}: #{e.message}"
end

# The money may have moved: never send the order again, ask for its status.
def resolve(client, order_id)
  client.resolve_payout(order_id)['found'] ? 'accepted, found after a lost response' : 'unknown'
rescue AliKassa::Failure => e
  "unknown: #{e.message}"
end

ledger, *order_ids = ARGV
client = AliKassa.new(ledger) { |event| warn "#{event['kind']} #{event['operation']}" }
begin
  threads = order_ids.map { |order_id| Thread.new { puts "#{order_id}: #{pay(client, order_id)}" } }
  threads.each(&:join)
ensure
  client.close
end
