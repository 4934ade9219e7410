# frozen_string_literal: true

# Verifies the notification that arrived with a query: `ruby notification.rb payouts.sqlite QUERY`

require_relative 'alikassa'

client = AliKassa.new(ARGV.fetch(0))
begin
  notification = client.verify_notification(ARGV.fetch(1))
  puts "#{notification['order_id']} is #{notification['payment_status']}"
ensure
  client.close
end
