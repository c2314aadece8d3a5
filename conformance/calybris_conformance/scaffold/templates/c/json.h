/* Just enough JSON to read requests, right for every legal line: escapes, surrogate pairs, texts that hold a 0, white
 * space, keys in any order, unknown keys, any depth. C has no JSON of its own, and of the two libraries that every
 * system packages one (cJSON) ends a text at its first 0. When the port outgrows this, Jansson reads with
 * JSON_ALLOW_NUL what is read here. A line that is no JSON ends the process. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* UTF-8. A 0 stands behind it for strtoull and its like, but one may stand in it, too. */
typedef struct {
    char *bytes;
    size_t size;
} text;

static void broken(void) {
    fputs("adapter: the judge sent a line that is no JSON\n", stderr);
    exit(1);
}

static const char *blank(const char *at) { return at + strspn(at, " \t\r\n"); }

/* Behind the value that stands here. */
static const char *skip(const char *at) {
    size_t depth = 0;
    do {
        at = blank(at);
        if (*at == '"') {
            for (at++; *at != '"'; at++)
                if (*at == 0 || (*at == '\\' && *++at == 0)) broken();
            at++;
        } else if (*at == '{' || *at == '[') {
            depth++, at++;
        } else if (*at == '}' || *at == ']') {
            if (depth-- == 0) broken();
            at++;
        } else if (*at == ',' || *at == ':') {
            at++;
        } else {
            if (*at == 0) broken();
            at += strcspn(at, ",:]}\" \t\r\n");
        }
    } while (depth > 0);
    return at;
}

static uint32_t code_unit(const char *at) {
    char digits[5] = {0}, *end;
    strncpy(digits, at, 4);
    uint32_t unit = (uint32_t)strtoul(digits, &end, 16);
    if (end != digits + 4) broken();
    return unit;
}

static char *utf8(uint32_t point, char *out) {
    if (point < 0x80) return *out = (char)point, out + 1;
    int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    *out++ = (char)((0xFF00 >> (more + 1)) | (point >> 6 * more));
    while (more-- > 0) *out++ = (char)(0x80 | (point >> 6 * more & 0x3F));
    return out;
}

/* The text that stands here, in memory of its own: free(it.bytes). */
static text read_text(const char *at) {
    static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (at == NULL || *at != '"') broken();
    char *bytes = malloc((size_t)(skip(at) - at)), *out = bytes; /* what is escaped is never shorter */
    if (bytes == NULL) abort();
    for (at++; *at != '"'; at++) {
        if (*at != '\\') {
            *out++ = *at;
        } else if (*++at == 'u') {
            uint32_t point = code_unit(at + 1);
            at += 4;
            if (point >> 10 == 0xD8 >> 2 && at[1] == '\\' && at[2] == 'u') {
                point = 0x10000 + ((point & 0x3FF) << 10) + (code_unit(at + 3) & 0x3FF);
                at += 6;
            }
            out = utf8(point, out);
        } else {
            const char *name = strchr(names, *at);
            if (name == NULL) broken();
            *out++ = meant[name - names];
        }
    }
    *out = 0;
    return (text){bytes, (size_t)(out - bytes)};
}

static bool is(text one, const char *other) { return one.size == strlen(other) && !memcmp(one.bytes, other, one.size); }

/* Where the value of a key stands in the object that stands here; NULL when it has no such key. */
static const char *find(const char *at, const char *key) {
    if (at == NULL || *at != '{') return NULL;
    for (at = blank(at + 1); *at == '"'; at = blank(at + (*at == ','))) {
        text name = read_text(at);
        bool found = is(name, key);
        free(name.bytes);
        at = blank(skip(at));
        if (*at != ':') broken();
        at = blank(at + 1);
        if (found) return at;
        at = blank(skip(at));
    }
    return NULL;
}

static void print_text(text one) {
    putchar('"');
    for (size_t i = 0; i < one.size; i++) {
        unsigned char byte = (unsigned char)one.bytes[i];
        if (byte < 0x20) printf("\\u%04x", byte);
        else if (byte == '"' || byte == '\\') printf("\\%c", byte);
        else putchar(byte);
    }
    putchar('"');
}
