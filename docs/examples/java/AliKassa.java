import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A client of the AliKassa merchant API over the C library, with the Foreign Function and Memory API of JDK 22.
 *
 * <p>A call blocks its thread until its deadline, 60 seconds without another setting. Make it on a platform thread: a
 * virtual thread cannot leave its carrier during a native call. Threads may share a client.
 *
 * <p>A handle of the library is a number and is kept as a long.
 */
final class AliKassa implements AutoCloseable {
  /** A failed call. */
  static final class Failure extends Exception {
    /** The class of the error in every language, in lower case, such as {@code outcome_unknown}. */
    final String code;

    /**
     * What became of a create. Only after {@link Outcome#NOT_SENT} and {@link Outcome#REJECTED} no money moves.
     */
    final Outcome outcome;

    private static final long serialVersionUID = 1;

    private Failure(String code, Outcome outcome, String message) {
      super(message);
      this.code = code;
      this.outcome = outcome;
    }
  }

  /** The constants ALIKASSA_OUTCOME_, in order. */
  enum Outcome {
    NONE, NOT_SENT, REJECTED, UNKNOWN, CREATED;

    private static Outcome of(int number) {
      return number < values().length ? values()[number] : UNKNOWN;
    }
  }

  /** The response to a call. It is read before it is closed. */
  final class Reply implements AutoCloseable {
    private final long handle;

    private Reply(long handle) {
      this.handle = handle;
    }

    /** Returns a field by the provider's name, or null if the reply does not have it. */
    String field(String name) {
      try (Arena arena = Arena.ofConfined()) {
        Text field = new Text(arena, name), value = new Text(arena);
        invoke(function("alikassa_reply_field", JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS),
            handle, field.data(), field.length(), value.segment());
        return value.read();
      }
    }

    @Override
    public void close() {
      release("alikassa_reply_free", handle);
    }
  }

  private final SymbolLookup library;
  private final Map<String, MethodHandle> functions = new ConcurrentHashMap<>();
  private final long client;

  /**
   * Opens a client with the settings of the environment, and a ledger, so that no order is paid twice.
   *
   * @param library the path of {@code libalikassa.so}
   * @param ledger the path of the ledger's file
   * @param onEvent receives {@code kind} and {@code operation} of each event, on a thread of the library
   */
  AliKassa(Path library, Path ledger, Consumer<String> onEvent) throws Failure {
    this.library = SymbolLookup.libraryLookup(library, Arena.global());
    try (Arena arena = Arena.ofConfined()) {
      long config = create("alikassa_config_from_env", arena);
      try {
        Text path = new Text(arena, ledger.toString());
        check(arena, error -> invoke(function("alikassa_config_set_ledger", JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS),
            config, path.data(), path.length(), error));
        MethodHandle setOnEvent =
            function("alikassa_config_set_on_event", JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
        MemorySegment hook = hook(onEvent);
        check(arena, error -> invoke(setOnEvent, config, hook, MemorySegment.NULL, MemorySegment.NULL, error));
        MemorySegment created = arena.allocate(JAVA_LONG);
        check(arena, error -> invoke(function("alikassa_client_new", JAVA_LONG, ADDRESS, ADDRESS),
            config, created, error));
        client = created.get(JAVA_LONG, 0);
      } finally {
        release("alikassa_config_free", config);
      }
    }
  }

  /** Creates a payout. It is sent at most once, whatever happens. */
  Reply createPayout(Map<String, String> fields) throws Failure {
    return call("alikassa_payouts_create", json(fields));
  }

  /** Asks what became of a payout whose outcome is unknown. */
  Reply resolvePayout(String orderId) throws Failure {
    return call("alikassa_payouts_resolve", json(Map.of("order_id", orderId)));
  }

  /** Verifies a notification that arrived with this query. */
  Reply verifyNotification(String query) throws Failure {
    try (Arena arena = Arena.ofConfined()) {
      Text text = new Text(arena, query);
      MemorySegment reply = arena.allocate(JAVA_LONG);
      MethodHandle verify = function("alikassa_notifications_verify_query",
          JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
      check(arena, error -> invoke(verify,
          client, text.data(), text.length(), MemorySegment.NULL, 0L, reply, error));
      return new Reply(reply.get(JAVA_LONG, 0));
    }
  }

  /** Waits for the calls in flight, and delivers the events that are left. */
  @Override
  public void close() {
    invoke(function("alikassa_client_close", JAVA_LONG, ADDRESS), client, MemorySegment.NULL);
    release("alikassa_client_free", client);
  }

  private Reply call(String name, String json) throws Failure {
    try (Arena arena = Arena.ofConfined()) {
      Text body = new Text(arena, json);
      MemorySegment reply = arena.allocate(JAVA_LONG);
      MethodHandle function =
          function(name, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS);
      check(arena, error -> invoke(function, client, body.data(), body.length(), 0L, 0L, reply, error));
      return new Reply(reply.get(JAVA_LONG, 0));
    }
  }

  private long create(String name, Arena arena) throws Failure {
    MemorySegment created = arena.allocate(JAVA_LONG);
    check(arena, error -> invoke(function(name, ADDRESS, ADDRESS), created, error));
    return created.get(JAVA_LONG, 0);
  }

  private interface Call {
    int with(MemorySegment error);
  }

  private void check(Arena arena, Call call) throws Failure {
    MemorySegment error = arena.allocate(JAVA_LONG);
    if (call.with(error) != 0) {
      throw failure(arena, error.get(JAVA_LONG, 0));
    }
  }

  private Failure failure(Arena arena, long error) {
    MemorySegment outcome = arena.allocate(JAVA_INT);
    invoke(function("alikassa_error_outcome", JAVA_LONG, ADDRESS), error, outcome);
    String code = text(arena, "alikassa_error_code", error);
    String message = text(arena, "alikassa_error_message", error);
    release("alikassa_error_free", error);
    return new Failure(code, Outcome.of(outcome.get(JAVA_INT, 0)), message);
  }

  private String text(Arena arena, String getter, long handle) {
    Text text = new Text(arena);
    invoke(function(getter, JAVA_LONG, ADDRESS), handle, text.segment());
    return text.read();
  }

  /** A function that C calls. It lives as long as the process, since a late event may still call it. */
  private MemorySegment hook(Consumer<String> onEvent) {
    MethodType type = MethodType.methodType(void.class, Consumer.class, MemorySegment.class, long.class);
    try {
      MethodHandle method = MethodHandles.lookup().findVirtual(AliKassa.class, "onEvent", type);
      return Linker.nativeLinker().upcallStub(MethodHandles.insertArguments(method, 0, this, onEvent),
          FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG), Arena.global());
    } catch (ReflectiveOperationException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** An exception that leaves this method would end the process, so nothing leaves it. */
  private void onEvent(Consumer<String> onEvent, MemorySegment context, long event) {
    try {
      // The library frees the event.
      @SuppressWarnings("resource")
      Reply fields = new Reply(event);
      onEvent.accept(fields.field("kind") + " " + fields.field("operation"));
    } catch (Throwable failed) {
      System.err.println("the hook of events failed: " + failed);
    }
  }

  private MethodHandle function(String name, MemoryLayout... parameters) {
    return functions.computeIfAbsent(name, missing -> Linker.nativeLinker().downcallHandle(
        library.find(name).orElseThrow(() -> new UnsatisfiedLinkError(name)),
        FunctionDescriptor.of(JAVA_INT, parameters)));
  }

  private static int invoke(MethodHandle function, Object... arguments) {
    try {
      return (int) function.invokeWithArguments(arguments);
    } catch (RuntimeException | Error failed) {
      throw failed;
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  private void release(String name, long handle) {
    MethodHandle function = Linker.nativeLinker()
        .downcallHandle(library.find(name).orElseThrow(), FunctionDescriptor.ofVoid(JAVA_LONG));
    try {
      function.invoke(handle);
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static String json(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field -> quoted(field.getKey()) + ":" + quoted(field.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      quoted.append(c < ' ' || c == '"' || c == '\\' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
    }
    return quoted.append('"').toString();
  }

  /** A structure alikassa_str: text of the program, or one that the library fills in. */
  private record Text(MemorySegment segment) {
    Text(Arena arena) {
      this(arena.allocate(MemoryLayout.structLayout(ADDRESS, JAVA_LONG)));
    }

    Text(Arena arena, String text) {
      this(arena);
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      segment.set(ADDRESS, 0, arena.allocateFrom(JAVA_BYTE, bytes));
      segment.set(JAVA_LONG, 8, bytes.length);
    }

    MemorySegment data() {
      return segment.get(ADDRESS, 0);
    }

    long length() {
      return segment.get(JAVA_LONG, 8);
    }

    String read() {
      if (data().address() == 0) {
        return null;
      }
      byte[] bytes = data().reinterpret(length()).toArray(JAVA_BYTE);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
