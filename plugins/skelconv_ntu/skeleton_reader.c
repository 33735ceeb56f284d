/* Reads a raw NTU RGB+D ".skeleton" file: one pass, no memory of its own, no function of libc.

   The bytes may be anything. Nothing outside of [data, data + size) is read, nothing behind
   `capacity` bodies is written, and no number of the file is taken for more than it is: a count
   only bounds a loop that ends with the file. What is accepted is what `skeleton_plain.py` accepts,
   which is the definition of a valid file and makes the message for one that is not.

   Numbers are exact: digits below 2**53 and a power of ten up to 10**22 are exact as doubles, so
   that the one multiplication or division rounds once, as strtod does. The few numbers that need
   more are left to the caller, who converts them with Python's float: strtod depends on the locale.

   Nearly all lines are plain numbers such as -0.1234567. For these there are shortcuts, which look at
   many bytes at once, without a branch for each. A shortcut takes what is surely right and leaves
   all else to the loops, as if it was not there.
*/
#include <float.h>
#include <stdint.h>
#include <string.h>

/* SSE2 is in every x86-64. Elsewhere the loops do all of it, in twice the time. */
#if defined(__SSE2__) && defined(__SIZEOF_INT128__) && !defined(WITHOUT_SHORTCUTS)
#include <emmintrin.h>
#define SHORTCUTS
#endif

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
enum { AXES = 3 };
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

#ifdef SHORTCUTS
enum { AHEAD = 128, HALF = 64, EIGHT = 8 };
typedef unsigned __int128 Bits; /* One for each of the next AHEAD bytes; the first one is lowest. */

/* Which bytes are of which kind. */
typedef struct {
    Bits digits, points, signs, spaces;
} Kinds;

static inline Bits half_of(__m128i a, __m128i b, __m128i c, __m128i d) {
    uint64_t low = (uint64_t)(unsigned)_mm_movemask_epi8(b) << 16 | (unsigned)_mm_movemask_epi8(a);
    uint64_t high = (uint64_t)(unsigned)_mm_movemask_epi8(d) << 16 | (unsigned)_mm_movemask_epi8(c);
    return high << 32 | low;
}

static inline __m128i are(__m128i bytes, char byte) {
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte));
}

static inline __m128i are_digits(__m128i bytes) {
    __m128i values = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
    return _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
}

static inline Kinds kinds_in_half(const unsigned char *at) {
    const __m128i *from = (const __m128i *)(const void *)at;
    __m128i a = _mm_loadu_si128(from), b = _mm_loadu_si128(from + 1);
    __m128i c = _mm_loadu_si128(from + 2), d = _mm_loadu_si128(from + 3);
    Kinds kinds = {
        .digits = half_of(are_digits(a), are_digits(b), are_digits(c), are_digits(d)),
        .points = half_of(are(a, '.'), are(b, '.'), are(c, '.'), are(d, '.')),
        .signs = half_of(are(a, '-'), are(b, '-'), are(c, '-'), are(d, '-')),
        .spaces = half_of(are(a, ' '), are(b, ' '), are(c, ' '), are(d, ' ')),
    };
    return kinds;
}

static int lowest(Bits bits) {
    uint64_t low = (uint64_t)bits, high = (uint64_t)(bits >> HALF);
    return low ? __builtin_ctzll(low) : HALF + __builtin_ctzll(high);
}

/* A line of plain numbers. */
typedef struct {
    int length;        /* With its end. */
    Bits begins, ends; /* Of its fields: of each the first byte, and the one behind its last. */
} Line;

/* There is a field for each lowest bit of two, of which never two are set. */
static int count_of(Bits begins) {
    uint64_t pairs[2] = {(uint64_t)begins, (uint64_t)(begins >> HALF)};
    for (int half = 0; half < 2; half++)
        pairs[half] = (pairs[half] | pairs[half] >> 1) & UINT64_C(0x5555555555555555);
    uint64_t sums = pairs[0] + pairs[1];
    sums = (sums & UINT64_C(0x3333333333333333)) + (sums >> 2 & UINT64_C(0x3333333333333333));
    sums = (sums + (sums >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (int)(sums * UINT64_C(0x0101010101010101) >> 56);
}

/* Look at a line, which is plain if it has `count` fields, and these are plain numbers. */
static inline int is_plain(const Text *text, int count, Line *found) {
    if (text->end - text->at <= AHEAD) return 0;
    Kinds near = kinds_in_half(text->at), far = kinds_in_half(text->at + HALF);
    Bits digits = near.digits | far.digits << HALF;
    Bits points = near.points | far.points << HALF;
    Bits signs = near.signs | far.signs << HALF;
    Bits others = ~(digits | points | signs | near.spaces | far.spaces << HALF);
    if (!others) return 0;
    int length = lowest(others);
    int more = text->at[length] == '\r';
    if (text->at[length + more] != '\n') return 0;
    Bits line = (others & -others) - 1;
    digits &= line, points &= line, signs &= line;
    Bits fields = digits | points | signs;
    Bits begins = fields & ~(fields << 1);
    /* A point has a digit before it. Added to the digits, the first one behind a point carries to
       what is behind the last one, which is no other point. */
    Bits after = points << 1;
    Bits behind_fractions = (((after & digits) + digits) | after) & ~digits;
    Bits wrong = points & (~(digits << 1) | behind_fractions);
    /* A sign begins a field and is before a digit. */
    wrong |= (signs & ~begins) | (signs << 1 & ~digits);
    *found = (Line){length + more + 1, begins, fields << 1 & ~fields};
    return !wrong && count_of(begins) == count;
}

/* Read a plain number of one digit, a point and one to eight digits. */
static inline int read_short(const unsigned char *at, int length, double *value) {
    static const uint32_t TENS[EIGHT + 1] = {1,      10,      100,      1000,     10000,
                                             100000, 1000000, 10000000, 100000000};
    unsigned negative = *at == '-';
    at += negative;
    unsigned count = (unsigned)length - negative - 2;
    if (FLT_EVAL_METHOD != 0 || count - 1 >= EIGHT || at[1] != '.') return 0;
    uint64_t digits;
    memcpy(&digits, at + 2, EIGHT);
    /* To the end, behind zeros; then two, four and eight digits become one number. */
    digits = (digits ^ UINT64_C(0x3030303030303030)) << EIGHT * (EIGHT - count);
    digits = digits * (10 << 8 | 1) >> 8 & UINT64_C(0x00ff00ff00ff00ff);
    digits = digits * (100 << 16 | 1) >> 16 & UINT64_C(0x0000ffff0000ffff);
    digits = digits * (UINT64_C(10000) << 32 | 1) >> 32;
    double size = (double)(int64_t)(digits + (uint64_t)(*at - '0') * TENS[count]) / POWERS[count];
    *value = negative ? -size : size;
    return 1;
}
#endif

/* Check `count` numbers that are not read, and take the line that they end. */
static int skip_line(Text *text, int count) {
#ifdef SHORTCUTS
    Line line;
    if (is_plain(text, count, &line)) {
        text->at += line.length;
        return 1;
    }
#endif
    while (count--)
        if (!skip_number(text)) return 0;
    return end_line(text);
}

/* What is found in a file. */
typedef struct {
    const unsigned char *data;
    double *xyz;
    int64_t *hard; /* Pairs: a place in xyz, and where its number begins. */
    int64_t hards; /* How many. */
} Found;

/* Take a number that is read. */
static int coordinate(Text *text, Found *found, int64_t place) {
    skip_blanks(text);
    int64_t start = text->at - found->data;
    Kind kind = number(text, &found->xyz[place]);
    if (kind < HARD) return 0;
    if (kind == HARD) {
        found->hard[2 * found->hards] = place;
        found->hard[2 * found->hards + 1] = start;
        found->hards++;
    }
    return 1;
}

/* Take the line of one joint. */
static int joint(Text *text, Found *found, int64_t place) {
#ifdef SHORTCUTS
    Line line;
    /* All but a few lines have these fields in the first half. */
    if (is_plain(text, JOINT_FIELDS, &line) && count_of((uint64_t)line.ends) >= AXES) {
        uint64_t begins = (uint64_t)line.begins, ends = (uint64_t)line.ends;
        for (int axis = 0; axis < AXES; axis++, begins &= begins - 1, ends &= ends - 1) {
            int begin = __builtin_ctzll(begins);
            Text rest = {text->at + begin, text->end};
            if (!read_short(rest.at, __builtin_ctzll(ends) - begin, &found->xyz[place + axis]) &&
                !coordinate(&rest, found, place + axis))
                return 0;
        }
        text->at += line.length;
        return 1;
    }
#endif
    for (int axis = 0; axis < AXES; axis++)
        if (!coordinate(text, found, place + axis)) return 0;
    return skip_line(text, JOINT_FIELDS - AXES);
}

/* Take one body. */
static int body(Text *text, Found *found, int64_t *id, int64_t place) {
    *id = whole_number(text, ID_DIGITS);
    if (*id < 0 || !skip_line(text, HEADER_FIELDS - 1)) return 0;
    if (whole_number(text, COUNT_DIGITS) != JOINTS || !end_line(text)) return 0;
    for (int64_t end = place + JOINTS * AXES; place < end; place += AXES)
        if (!joint(text, found, place)) return 0;
    return 1;
}

/* Read a file of `size` bytes into arrays for `capacity` bodies: xyz has 75 numbers a body, `hard`
   150. `counts` becomes the number of frames, and that of pairs in `hard`. Returns the number of
   bodies, or -1 where the file is not valid. */
EXPORT int64_t read_skeleton(const unsigned char *data, int64_t size, int64_t capacity,
                             int32_t *frame, int16_t *slot, int64_t *id, double *xyz, int64_t *hard,
                             int64_t *counts) {
    Text text = {data, data + size};
    Found found = {data, xyz, hard, 0};
    int64_t n = 0;
    int64_t frames = whole_number(&text, COUNT_DIGITS);
    if (frames < 1 || !end_line(&text)) return -1;
    for (int64_t t = 0; t < frames; t++) {
        int64_t bodies = whole_number(&text, COUNT_DIGITS);
        if (bodies < 0 || bodies > MAX_BODIES || !end_line(&text)) return -1;
        for (int64_t m = 0; m < bodies; m++, n++) {
            if (n == capacity) return -1;
            if (!body(&text, &found, &id[n], n * JOINTS * AXES)) return -1;
            frame[n] = (int32_t)t;
            slot[n] = (int16_t)m;
        }
    }
    while (next_is(&text, BLANK | LINE_END)) text.at++;
    if (text.at != text.end) return -1;
    counts[0] = frames;
    counts[1] = found.hards;
    return n;
}
