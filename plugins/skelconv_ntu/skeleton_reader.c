/* Reads a raw NTU RGB+D ".skeleton" file: one pass, no memory of its own, no function of libc.

   The bytes may be anything. Nothing outside of [data, data + size) is read, nothing behind
   `capacity` bodies is written, and no number of the file is taken for more than it is: a count
   only bounds a loop that ends with the file. What is accepted is what `skeleton_plain.py` accepts,
   which is the definition of a valid file and makes the message for one that is not.

   Numbers are exact: digits below 2**53 and a power of ten up to 10**22 are exact as doubles, so
   that the one multiplication or division rounds once, as strtod does. The few numbers that need
   more are left to the caller, who converts them with Python's float: strtod depends on the locale.
*/
#include <float.h>
#include <stdint.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

/* Which source this was built from: a library may lie beside another version of it. */
#ifndef SOURCE_DIGEST
#define SOURCE_DIGEST ""
#endif
EXPORT const char *source_digest = SOURCE_DIGEST;

enum { JOINTS = 25, HEADER_FIELDS = 10, JOINT_FIELDS = 12, COUNT_DIGITS = 9, ID_DIGITS = 19 };
enum { BLANK = 1, LINE_END = 2, DIGIT = 4 };
enum { MAX_BODIES = INT16_MAX, MAX_POWER = 22, MAX_DIGITS = 19 };
static const int64_t FAR = 100000; /* An exponent from which on a number is infinite or zero. */

static const unsigned char KINDS[256] = {
    ['\t'] = BLANK, ['\v'] = BLANK, ['\f'] = BLANK, ['\r'] = BLANK, [' '] = BLANK,
    ['\n'] = LINE_END, ['0'] = DIGIT, ['1'] = DIGIT, ['2'] = DIGIT, ['3'] = DIGIT, ['4'] = DIGIT,
    ['5'] = DIGIT, ['6'] = DIGIT, ['7'] = DIGIT, ['8'] = DIGIT, ['9'] = DIGIT,
};

static const double POWERS[MAX_POWER + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

/* What is left of the file. */
typedef struct {
    const unsigned char *at;
    const unsigned char *end;
} Text;

static int next_is(const Text *text, int kinds) {
    return text->at < text->end && (KINDS[*text->at] & kinds);
}

static void skip_blanks(Text *text) {
    while (next_is(text, BLANK)) text->at++;
}

/* A field ends at white space or with the file. */
static int ends_here(const Text *text) {
    return text->at == text->end || (KINDS[*text->at] & (BLANK | LINE_END));
}

/* Take the rest of a line, if nothing is left in it. */
static int end_line(Text *text) {
    skip_blanks(text);
    if (text->at == text->end) return 1;
    return *text->at++ == '\n';
}

/* Take a whole number of up to `most` digits that fits in 63 bits, or return -1. */
static int64_t whole_number(Text *text, int most) {
    uint64_t value = 0;
    int digits = 0;
    skip_blanks(text);
    while (next_is(text, DIGIT)) {
        if (++digits > most) return -1;
        value = 10 * value + (uint64_t)(*text->at++ - '0');
    }
    if (digits == 0 || !ends_here(text) || value > INT64_MAX) return -1;
    return (int64_t)value;
}

/* Take one of some words, of any case. */
static int word(Text *text, const char *const *words) {
    for (; *words; words++) {
        const unsigned char *at = text->at;
        const char *letter = *words;
        while (*letter && at < text->end && (*at | 0x20) == *letter) at++, letter++;
        if (!*letter) {
            text->at = at;
            return 1;
        }
    }
    return 0;
}

/* Take what stands for a number that is not finite: "nan", "inf", "infinity" or the infinity sign. */
static int not_finite(Text *text) {
    static const char *const WORDS[] = {"infinity", "inf", "nan", 0};
    if (text->end - text->at >= 3 && text->at[0] == 0xE2 && text->at[1] == 0x88 &&
        text->at[2] == 0x9E)
        text->at += 3;
    else if (!word(text, WORDS))
        return 0;
    return ends_here(text);
}

/* Take what Microsoft's C library writes behind "1." where a number is not finite: "#IND0". */
static int sign_and_word(Text *text) {
    static const char *const WORDS[] = {"ind", "inf", "qnan", "snan", 0};
    text->at++;
    if (!word(text, WORDS)) return 0;
    while (text->at < text->end && *text->at == '0') text->at++;
    return ends_here(text);
}

typedef enum { INVALID, NOT_FINITE, HARD, EXACT } Kind;

/* Take a number; where it is EXACT, `value` is what strtod gives, to the bit. */
static Kind number(Text *text, double *value) {
    uint64_t mantissa = 0;
    int64_t power = 0;
    int significant = 0, digits = 0, negative = 0, point = 0;
    skip_blanks(text);
    if (text->at < text->end && *text->at == '-') negative = 1, text->at++;
    for (; next_is(text, DIGIT); text->at++, digits = 1) {
        if (significant < MAX_DIGITS) mantissa = 10 * mantissa + (uint64_t)(*text->at - '0');
        /* A zero in front is no digit of the mantissa. */
        if (mantissa && significant <= MAX_DIGITS) significant++;
    }
    if (text->at < text->end && *text->at == '.') {
        point = 1;
        text->at++;
        for (; next_is(text, DIGIT); text->at++, digits = 1) {
            if (significant < MAX_DIGITS) {
                mantissa = 10 * mantissa + (uint64_t)(*text->at - '0');
                power--;
            }
            if (mantissa && significant <= MAX_DIGITS) significant++;
        }
    }
    if (!digits) {
        /* "-." is no number, and a word has no point before it. */
        if (point || !not_finite(text)) return INVALID;
        return NOT_FINITE;
    }
    if (point && mantissa == 1 && power == 0 && text->at < text->end && *text->at == '#')
        return sign_and_word(text) ? NOT_FINITE : INVALID;
    if (text->at < text->end && (*text->at | 0x20) == 'e') {
        int64_t exponent = 0;
        int down = 0, any = 0;
        text->at++;
        if (text->at < text->end && (*text->at == '-' || *text->at == '+'))
            down = *text->at++ == '-';
        for (; next_is(text, DIGIT); text->at++, any = 1)
            if (exponent < FAR) exponent = 10 * exponent + (*text->at - '0');
        if (!any) return INVALID;
        power += down ? -exponent : exponent;
    }
    if (!ends_here(text)) return INVALID;
    /* With FLT_EVAL_METHOD other than 0, an operation would round twice. */
    if (significant > MAX_DIGITS || mantissa > (UINT64_C(1) << 53) || FLT_EVAL_METHOD != 0 ||
        power < -MAX_POWER || power > MAX_POWER)
        return HARD;
    *value = power < 0 ? (double)mantissa / POWERS[-power] : (double)mantissa * POWERS[power];
    if (negative) *value = -*value;
    return EXACT;
}

/* Take a plain number, "-1.25", that is not read; what has another form is left to `number`. */
static int skip_number(Text *text) {
    double unused;
    skip_blanks(text);
    const unsigned char *start = text->at, *end = text->end, *at = start;
    if (at < end && *at == '-') at++;
    const unsigned char *first = at;
    while (at < end && (unsigned)(*at - '0') < 10) at++;
    if (at < end && at > first && *at == '.')
        do at++;
        while (at < end && (unsigned)(*at - '0') < 10);
    text->at = at;
    if (at > first && ends_here(text)) return 1;
    text->at = start;
    return number(text, &unused) != INVALID;
}

/* Check `count` numbers that are not read. */
static int skip_numbers(Text *text, int count) {
    while (count--)
        if (!skip_number(text)) return 0;
    return 1;
}

/* Take one body. `hard` takes pairs: a place in xyz, and where its number begins. */
static int body(Text *text, const unsigned char *data, int64_t *id, double *xyz, int64_t place,
                int64_t *hard, int64_t *hards) {
    *id = whole_number(text, ID_DIGITS);
    if (*id < 0 || !skip_numbers(text, HEADER_FIELDS - 1) || !end_line(text)) return 0;
    if (whole_number(text, COUNT_DIGITS) != JOINTS || !end_line(text)) return 0;
    for (int joint = 0; joint < JOINTS; joint++) {
        for (int axis = 0; axis < 3; axis++, place++) {
            skip_blanks(text);
            int64_t start = text->at - data;
            Kind kind = number(text, &xyz[place]);
            if (kind < HARD) return 0;
            if (kind == HARD) {
                hard[2 * *hards] = place;
                hard[2 * *hards + 1] = start;
                ++*hards;
            }
        }
        if (!skip_numbers(text, JOINT_FIELDS - 3) || !end_line(text)) return 0;
    }
    return 1;
}

/* Read a file of `size` bytes into arrays for `capacity` bodies: xyz has 75 numbers a body, `hard`
   150. `counts` becomes the number of frames, and that of pairs in `hard`. Returns the number of
   bodies, or -1 where the file is not valid. */
EXPORT int64_t read_skeleton(const unsigned char *data, int64_t size, int64_t capacity,
                             int32_t *frame, int16_t *slot, int64_t *id, double *xyz, int64_t *hard,
                             int64_t *counts) {
    Text text = {data, data + size};
    int64_t n = 0, hards = 0;
    int64_t frames = whole_number(&text, COUNT_DIGITS);
    if (frames < 1 || !end_line(&text)) return -1;
    for (int64_t t = 0; t < frames; t++) {
        int64_t bodies = whole_number(&text, COUNT_DIGITS);
        if (bodies < 0 || bodies > MAX_BODIES || !end_line(&text)) return -1;
        for (int64_t m = 0; m < bodies; m++, n++) {
            if (n == capacity) return -1;
            if (!body(&text, data, &id[n], xyz, n * JOINTS * 3, hard, &hards)) return -1;
            frame[n] = (int32_t)t;
            slot[n] = (int16_t)m;
        }
    }
    while (next_is(&text, BLANK | LINE_END)) text.at++;
    if (text.at != text.end) return -1;
    counts[0] = frames;
    counts[1] = hards;
    return n;
}
