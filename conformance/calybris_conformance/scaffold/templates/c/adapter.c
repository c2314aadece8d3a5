/* The adapter of a port: it puts an implementation behind the protocol CAP/1, so that a judge can ask it.
 *
 * It answers `hello` and `echo`, and says `unsupported` to the rest. JSON is read by json.h, which says why. To add an
 * operation, write a function in part 2 and name it in OPERATIONS and in READY. */
#define _POSIX_C_SOURCE 200809L
#include "json.h"
#include <inttypes.h>

/* 1. Values. Each is read into the type that the port uses, and printed again. */

static void print_number(text type, const char *value) {
    if (is(type, "i64")) printf("\"%" PRId64 "\"", (int64_t)strtoll(value, NULL, 10));
    else printf("\"%" PRIu64 "\"", (uint64_t)strtoull(value, NULL, 10));
}

static void print_bytes(text hex) {
    putchar('"');
    for (size_t i = 0; i + 1 < hex.size; i += 2) {
        char pair[] = {hex.bytes[i], hex.bytes[i + 1], 0};
        printf("%02" PRIx8, (uint8_t)strtoul(pair, NULL, 16));
    }
    putchar('"');
}

/* 2. The implementation: one function per operation, which prints `,"ok":{…}`, or `,"error":{"code":…,"at":…}` for a
 * refusal that the specification asks for, or `,"fault":{"detail":…}`. */

static void echo(const char *given, const char *input) {
    (void)given;
    text type = read_text(find(input, "type")), value = read_text(find(input, "value"));
    fputs(",\"ok\":{\"value\":", stdout);
    if (is(type, "text")) print_text(value);
    else if (is(type, "bytes_hex")) print_bytes(value);
    else print_number(type, value.bytes);
    putchar('}');
    free(type.bytes), free(value.bytes);
}

typedef void operation(const char *given, const char *input);
static const struct { const char *name; operation *answer; } OPERATIONS[] = {{"echo", echo}, {NULL, NULL}};

/* 3. The protocol: a line in, a line out. */

static const char READY[] =
    "{\"type\":\"ready\",\"protocol\":1,\"spec\":\"1.0\",\"features\":[\"echo\"],\"max_in_flight\":64,"
    "\"implementation\":{\"name\":\"my-port\",\"version\":\"0.1.0\",\"language\":\"c\",\"source\":\"adapter.c\"}}";

static void result(const char *message) {
    text seq = read_text(find(message, "seq")), op = read_text(find(message, "op"));
    fputs("{\"type\":\"result\",\"seq\":", stdout);
    print_text(seq);
    int i = 0;
    while (OPERATIONS[i].name != NULL && !is(op, OPERATIONS[i].name)) i++;
    if (OPERATIONS[i].name != NULL) {
        OPERATIONS[i].answer(find(message, "given"), find(message, "input"));
    } else {
        fputs(",\"unsupported\":{\"feature\":", stdout);
        print_text(op);
        putchar('}');
    }
    putchar('}');
    free(seq.bytes), free(op.bytes);
}

int main(void) {
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        const char *message = blank(line);
        text type = read_text(find(message, "type"));
        if (is(type, "bye")) break;
        if (is(type, "hello")) fputs(READY, stdout);
        else result(message);
        putchar('\n');
        fflush(stdout);
        free(type.bytes);
    }
    return 0;
}
