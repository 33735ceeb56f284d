/* What libFuzzer calls: the compiled reader with its shortcuts and without, on the same bytes. They
   must give the same. See sanitized.py, which compiles this with the two readers. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES = 25 * 3, LEAST_BYTES_OF_A_BODY = 622 };

typedef struct {
    int64_t n, capacity;
    int32_t *frame;
    int16_t *slot;
    int64_t *id;
    double *xyz;
    int64_t *hard;
    int64_t counts[2];
} Read;

typedef int64_t Reader(const unsigned char *, int64_t, int64_t, int32_t *, int16_t *, int64_t *,
                       double *, int64_t *, int64_t *);
Reader read_with, read_without;

/* All that is behind the last body is behind the end of a block, which AddressSanitizer sees. */
static Read read_by(Reader *reader, const unsigned char *data, size_t size) {
    int64_t room = (int64_t)size / LEAST_BYTES_OF_A_BODY + 1;
    Read read = {.capacity = room};
    read.frame = malloc(room * sizeof(int32_t));
    read.slot = malloc(room * sizeof(int16_t));
    read.id = malloc(room * sizeof(int64_t));
    read.xyz = malloc(room * VALUES * sizeof(double));
    read.hard = malloc(room * VALUES * 2 * sizeof(int64_t));
    read.n = reader(data, (int64_t)size, room, read.frame, read.slot, read.id, read.xyz, read.hard,
                    read.counts);
    if (read.n < 0) return read;
    if (read.n > room || read.counts[1] > read.n * VALUES) abort();
    for (int64_t hard = 0; hard < read.counts[1]; hard++) {
        if (read.hard[2 * hard] >= read.n * VALUES) abort();
        if ((uint64_t)read.hard[2 * hard + 1] >= size) abort();
        read.xyz[read.hard[2 * hard]] = 0; /* the caller converts these */
    }
    return read;
}

static void release(Read read) {
    free(read.frame), free(read.slot), free(read.id), free(read.xyz), free(read.hard);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Read one = read_by(read_with, data, size), other = read_by(read_without, data, size);
    if (one.n != other.n) abort();
    if (one.n >= 0) {
        size_t n = (size_t)one.n;
        if (memcmp(one.counts, other.counts, sizeof one.counts)) abort();
        if (memcmp(one.frame, other.frame, n * sizeof(int32_t))) abort();
        if (memcmp(one.slot, other.slot, n * sizeof(int16_t))) abort();
        if (memcmp(one.id, other.id, n * sizeof(int64_t))) abort();
        if (memcmp(one.xyz, other.xyz, n * VALUES * sizeof(double))) abort();
        if (memcmp(one.hard, other.hard, (size_t)one.counts[1] * 2 * sizeof(int64_t))) abort();
    }
    release(one), release(other);
    return 0;
}
