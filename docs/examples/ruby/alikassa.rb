# frozen_string_literal: true

require 'ffi'
require 'json'

# A client of the AliKassa merchant API over the C library, with the gem `ffi`.
#
# A call blocks its thread until its deadline, 60 seconds without another setting, and other threads go on. `Timeout`
# cannot end it: pass a deadline. Threads and forked processes may share a client.
class AliKassa
  # A failed call.
  class Failure < StandardError
    # The members of the error, such as `'code'` and `'hint'`.
    attr_reader :members

    def initialize(members)
      super(members['message'])
      @members = members
    end

    # What became of a create: only after `not_sent` and `rejected` no money moves.
    def outcome = members['outcome']
  end

  # The functions of the library. A handle is a number.
  module Native
    extend FFI::Library
    ffi_lib ENV.fetch('ALIKASSA_LIBRARY', 'alikassa')

    # Text of the program, or one that the library fills in.
    class Text < FFI::Struct
      layout :data, :pointer, :length, :size_t

      def to_s = self[:data].read_bytes(self[:length]).force_encoding(Encoding::UTF_8)
    end

    # Handles, and places for them.
    typedef :size_t, :handle
    callback :on_event, %i[pointer handle], :void

    attach_function :alikassa_config_from_env, %i[pointer pointer], :int32
    attach_function :alikassa_config_set_ledger, %i[handle buffer_in size_t pointer], :int32
    attach_function :alikassa_config_set_on_event, %i[handle on_event pointer pointer pointer], :int32
    attach_function :alikassa_config_free, %i[handle], :void
    attach_function :alikassa_client_new, %i[handle pointer pointer], :int32
    attach_function :alikassa_client_close, %i[handle pointer], :int32, blocking: true
    attach_function :alikassa_client_free, %i[handle], :void
    attach_function :alikassa_payouts_create, %i[handle buffer_in size_t uint64 uint64 pointer pointer], :int32,
                    blocking: true
    attach_function :alikassa_payouts_resolve, %i[handle buffer_in size_t uint64 uint64 pointer pointer], :int32,
                    blocking: true
    attach_function :alikassa_notifications_verify_query,
                    %i[handle buffer_in size_t pointer size_t pointer pointer], :int32
    attach_function :alikassa_reply_json, [:handle, Text.by_ref], :int32
    attach_function :alikassa_reply_free, %i[handle], :void
    attach_function :alikassa_error_json, [:handle, Text.by_ref], :int32
    attach_function :alikassa_error_free, %i[handle], :void
  end

  # Opens a client with the settings of the environment, and a ledger, so that no order is paid twice. The block
  # receives the events of calls, each a Hash, on a thread of its own.
  def initialize(ledger, &on_event)
    config = create(:alikassa_config_from_env)
    begin
      call(:alikassa_config_set_ledger, config, ledger, ledger.bytesize)
      # Ruby must not free it while the library can call it.
      @hook = hook(on_event) if on_event
      call(:alikassa_config_set_on_event, config, @hook, nil, nil) if @hook
      @client = create(:alikassa_client_new, config)
    ensure
      Native.alikassa_config_free(config)
    end
  end

  # Creates a payout. It is sent at most once, whatever happens.
  def create_payout(**payout) = request(:alikassa_payouts_create, payout)

  # Asks what became of a payout whose outcome is unknown.
  def resolve_payout(order_id) = request(:alikassa_payouts_resolve, { order_id: })

  # Verifies a notification that arrived with this query.
  def verify_notification(query)
    reply(create(:alikassa_notifications_verify_query, @client, query, query.bytesize, nil, 0))
  end

  # Waits for the calls in flight, and delivers the events that are left.
  def close
    Native.alikassa_client_close(@client, nil)
    Native.alikassa_client_free(@client)
  end

  private

  def request(function, fields)
    body = JSON.generate(fields)
    reply(create(function, @client, body, body.bytesize, 0, 0))
  end

  def reply(handle)
    json(:alikassa_reply_json, handle)
  ensure
    Native.alikassa_reply_free(handle)
  end

  def create(function, *arguments)
    created = FFI::MemoryPointer.new(:size_t)
    call(function, *arguments, created)
    created.read(:size_t)
  end

  def call(function, *arguments)
    error = FFI::MemoryPointer.new(:size_t)
    return if Native.public_send(function, *arguments, error).zero?

    begin
      raise Failure, json(:alikassa_error_json, error.read(:size_t))
    ensure
      Native.alikassa_error_free(error.read(:size_t))
    end
  end

  # The text lives as long as its owner, so it is parsed before the owner is freed.
  def json(getter, handle)
    text = Native::Text.new
    Native.public_send(getter, handle, text)
    JSON.parse(text.to_s)
  end

  # An exception must not pass through the library.
  def hook(on_event)
    proc do |_context, event|
      on_event.call(json(:alikassa_reply_json, event))
    rescue StandardError => e
      warn "the hook of events failed: #{e.message}"
    end
  end
end
