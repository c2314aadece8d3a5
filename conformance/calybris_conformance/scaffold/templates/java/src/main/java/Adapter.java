import com.google.gson.*;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * The adapter of a port: it puts an implementation behind the protocol CAP/1, so that a judge can ask it.
 *
 * It answers hello and echo, and says unsupported to the rest. Java has no JSON of its own, and a reader made by hand
 * would be longer than the adapter: Gson is one small jar (pom.xml). To add an operation, write a method in part 2 and
 * name it in OPERATIONS.
 */
public final class Adapter {
    /** The refusal that the specification asks for; whatever else is thrown is a fault. */
    static final class Refused extends RuntimeException {
        final Map<String, Object> error;

        Refused(String code, String at) {
            error = Map.of("code", code, "at", at);
        }
    }

    // 1. Values. Each is read into the type that the port uses, and printed again. Java's long holds a u64 unsigned.

    static String printed(String type, String value) {
        return switch (type) {
            case "u8", "u16", "u32", "u64" -> Long.toUnsignedString(Long.parseUnsignedLong(value));
            case "i64" -> Long.toString(Long.parseLong(value));
            case "text" -> value;
            case "bytes_hex" -> HexFormat.of().formatHex(HexFormat.of().parseHex(value));
            default -> throw new IllegalArgumentException("there is no type " + type);
        };
    }

    // 2. The implementation: one method per operation, from (given, input) to the answer.

    static Map<String, Object> echo(JsonObject given, JsonObject input) {
        return Map.of("value", printed(input.get("type").getAsString(), input.get("value").getAsString()));
    }

    static final Map<String, BiFunction<JsonObject, JsonObject, Map<String, Object>>> OPERATIONS =
        Map.of("echo", Adapter::echo);

    // 3. The protocol: a line in, a line out.

    static final Gson GSON = new GsonBuilder().serializeNulls().create(); // what is absent is null, not left out

    static final Map<String, Object> READY = Map.of(
        "type", "ready", "protocol", 1, "spec", "1.0", "features", OPERATIONS.keySet(), "max_in_flight", 64,
        "implementation", Map.of("name", "my-port", "version", "0.1.0", "language", "java", "source", "Adapter.java"));

    static Map<String, Object> result(JsonObject message) {
        Map<String, Object> reply = new HashMap<>(Map.of("type", "result", "seq", message.get("seq").getAsString()));
        var operation = OPERATIONS.get(message.get("op").getAsString());
        try {
            if (operation == null) reply.put("unsupported", Map.of("feature", message.get("op").getAsString()));
            else reply.put("ok", operation.apply(message.getAsJsonObject("given"), message.getAsJsonObject("input")));
        } catch (Refused refused) {
            reply.put("error", refused.error);
        } catch (RuntimeException | StackOverflowError thrown) {
            reply.put("fault", Map.of("detail", thrown.toString()));
        }
        return reply;
    }

    public static void main(String[] arguments) {
        var messages = new JsonStreamParser(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (messages.hasNext()) {
            JsonObject message = messages.next().getAsJsonObject();
            String type = message.get("type").getAsString();
            if (type.equals("bye")) return;
            String reply = GSON.toJson(type.equals("hello") ? READY : result(message)) + "\n";
            System.out.writeBytes(reply.getBytes(StandardCharsets.UTF_8));
            System.out.flush();
        }
    }
}
