// Checkpoints: their file, and the values in it.
#include "checkpoint.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>

#include "answer.hpp"
#include "functions.hpp"

constexpr u64 BUFFERED = 1 << 16;  // words
constexpr u64 LANE_FACTOR = 0x9e3779b97f4a7c15u;
constexpr u64 NO_MORE_OBJECTS = ~u64(0);

// Of each word some change is seen, wherever it stands: all steps can be undone.
void Checksum::add(const u64* words, u64 size) {
    for (u64 i = 0; i < size; i++) {
        u64& lane = lanes[count++ & 3];
        lane = (lane ^ words[i]) * LANE_FACTOR;
        lane ^= lane >> 29;
    }
}

u64 Checksum::value() const { return mix(lanes[0] + mix(lanes[1] + mix(lanes[2] + mix(lanes[3] + mix(count))))); }

static u64 words_in(u64 bytes) { return (bytes + sizeof(u64) - 1) / sizeof(u64); }

// --- writing ---------------------------------------------------------------------------------------------------------

Saver::Saver(int opened) : file(opened) { buffer.reserve(BUFFERED); }

void Saver::write_out() {
    checksum.add(buffer.data(), buffer.size());
    const char* from = reinterpret_cast<const char*>(buffer.data());
    u64 size = buffer.size() * sizeof(u64);
    while (size > 0 && error == 0) {
        ssize_t written = ::write(file, from, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            error = written < 0 ? errno : ENOSPC;
            break;
        }
        from += written;
        size -= u64(written);
    }
    buffer.clear();
}

void Saver::write(u64 word) {
    if (buffer.size() == BUFFERED) write_out();
    buffer.push_back(word);
}

void Saver::put(u64 word) {
    if (!numbers_values) write(word);
}

void Saver::put_bytes(const void* bytes, u64 size) {
    if (numbers_values) return;
    const char* from = static_cast<const char*>(bytes);
    for (u64 i = 0; i < words_in(size); i++) {
        u64 word = 0;
        std::memcpy(&word, from + i * sizeof(u64), std::min<u64>(sizeof(u64), size - i * sizeof(u64)));
        write(word);
    }
}

// A word that means the same in another process: in place of an address the number of the object.
u64 Saver::portable(V v) {
    if (!is_pointer(v)) return v.word;
    u32 number;
    if (!objects.find(v.word, number)) {
        write_object(object_of(v));
        number = objects.number(v.word);
    }
    return u64(number) << TAG_BITS;
}

void Saver::write_object(const Object* object) {
    std::vector<u64> words(1, u64(object->kind) | u64(object->size) << 8);
    if (object->kind == FUNCTION) words.push_back(portable(value_of(object->domain->set)));
    for (u32 i = 0; i < object->size; i++) words.push_back(portable(object->items()[i]));
    for (u64 word : words) write(word);
}

void Saver::put_values(const V* values, u64 count) {
    for (u64 i = 0; i < count; i++) {
        u64 word = portable(values[i]);
        put(word);
    }
}

void Saver::end_values() {
    write(NO_MORE_OBJECTS);
    numbers_values = false;
}

void Saver::end() {
    write_out();
    write(checksum.value());
    write_out();
    if (error == 0 && fsync(file) != 0) error = errno;
}

// --- reading ---------------------------------------------------------------------------------------------------------

[[noreturn]] COLD static void give_up_reading(const char* what) { give_up(Fault{FaultKind::CHECKPOINT, what}); }

// Up to `size` words, fewer at the end of the file.
static void read_words(int file, std::vector<u64>& words, u64 size) {
    words.resize(size);
    char* to = reinterpret_cast<char*>(words.data());
    u64 read = 0;
    while (read < size * sizeof(u64)) {
        ssize_t got = ::read(file, to + read, size * sizeof(u64) - read);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) give_up_reading(std::strerror(errno));
        if (got == 0) break;
        read += u64(got);
    }
    if (read % sizeof(u64) != 0) give_up_reading("damaged");
    words.resize(read / sizeof(u64));
}

// Whether the last word is the checksum of those before it.
static bool is_whole(int file) {
    Checksum checksum;
    std::vector<u64> words;
    u64 last = 0;
    bool is_first = true;
    for (;;) {
        read_words(file, words, BUFFERED);
        if (words.empty()) return !is_first && checksum.value() == last;
        if (!is_first) checksum.add(&last, 1);
        checksum.add(words.data(), words.size() - 1);
        last = words.back();
        is_first = false;
    }
}

Loader::Loader(const char* name) : file(open(name, O_RDONLY | O_CLOEXEC)) {
    if (file < 0) give_up_reading(std::strerror(errno));
    if (!is_whole(file)) give_up_reading("damaged");
    if (lseek(file, 0, SEEK_SET) != 0) give_up_reading(std::strerror(errno));
    for (;;) {  // the line is padded to whole words
        u64 word = get();
        if (reinterpret_cast<const char*>(&word)[sizeof(word) - 1] == '\n') return;
    }
}

void Loader::fill() {
    read_words(file, buffer, BUFFERED);
    at = 0;
    if (buffer.empty()) give_up_reading("damaged");
}

u64 Loader::get() {
    if (at == buffer.size()) fill();
    return buffer[at++];
}

void Loader::get_bytes(void* bytes, u64 size) {
    char* to = static_cast<char*>(bytes);
    for (u64 i = 0; i < words_in(size); i++) {
        u64 word = get();
        std::memcpy(to + i * sizeof(u64), &word, std::min<u64>(sizeof(u64), size - i * sizeof(u64)));
    }
}

V Loader::here(u64 word) const {
    if (!is_pointer(V{word})) return V{word};
    if (word >> TAG_BITS >= objects.size()) give_up_reading("damaged");
    return objects[word >> TAG_BITS];
}

void Loader::get_values(V* values, u64 count) {
    for (u64 i = 0; i < count; i++) values[i] = here(get());
}

void Loader::get_names() {
    for (u64 count = get(); count > 0; count--) {
        std::vector<char> text;
        get_items(text);
        string_of(text.data(), text.size());
    }
}

void Loader::get_objects() {
    u64 first;
    std::vector<V> items;
    while ((first = get()) != NO_MORE_OBJECTS) {
        reset(arena);
        u64 kind = first & 0xff, size = first >> 8;
        V keys = UNSET;
        if (kind == FUNCTION) get_values(&keys, 1);
        items.resize(size + 1);
        get_values(items.data(), size);
        if (kind == SET)
            objects.push_back(intern(make_set(items.data(), size)));
        else if (kind == SEQUENCE)
            objects.push_back(intern(make_sequence(items.data(), size)));
        else
            objects.push_back(intern(make_record(domain_of(keys), items.data())));
    }
}

// --- when it is written ----------------------------------------------------------------------------------------------

bool is_saved;
volatile bool interrupted;
static std::string folder, header;
static const char* resumed_file;
static u64 period, last_saved, started;  // in milliseconds

static u64 now() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return u64(time.tv_sec) * 1000 + u64(time.tv_nsec) / 1000000;
}

void start_checkpoints(const char* chosen, u64 milliseconds, const std::string& line, const char* resumed) {
    is_saved = true;
    folder = chosen;
    header = line;
    resumed_file = resumed;
    period = milliseconds;
    last_saved = started = now();
    struct sigaction action {};
    action.sa_handler = [](int) { interrupted = true; };
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, nullptr);
}

Loader* resumed_from() {
    if (!is_saved || *resumed_file == 0) return nullptr;
    auto* loader = new Loader(resumed_file);
    u64 before = loader->get();
    started -= before;
    std::printf("{\"resumed\":%llu}\n", (unsigned long long)before);
    loader->get_names();
    return loader;
}

bool is_checkpoint_due() { return is_saved && now() - last_saved >= period; }

static void make_folders() {
    for (u64 end = folder.find('/', 1); end != std::string::npos; end = folder.find('/', end + 1))
        mkdir(folder.substr(0, end).c_str(), 0777);
    mkdir(folder.c_str(), 0777);
}

static void save_names(Saver& saver) {
    saver.put(made_names());
    for (u64 i = 0; i < made_names(); i++) {
        Name name = name_of(string_value(known_names() + i));
        saver.put(name.size);
        saver.put_bytes(name.text, name.size);
    }
}

// The number of an error of the system, or 0.
static int written(const std::string& place, void (*save)(Saver&)) {
    int file = open(place.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) return errno;
    Saver saver(file);
    saver.numbers_values = false;
    saver.put_bytes(header.data(), header.size());
    saver.put(now() - started);
    save_names(saver);
    saver.numbers_values = true;
    save(saver);
    saver.end_values();
    save(saver);
    saver.end();
    if (close(file) != 0 && saver.error == 0) saver.error = errno;
    return saver.error;
}

// Puts a file in the place of another; returns the number of an error of the system, or 0.
static int replaced(void (*save)(Saver&)) {
    make_folders();
    std::string place = folder + "/search.checkpoint", made = folder + "/.search.checkpoint.new";
    int error = written(made, save);
    if (error == 0 && std::rename(made.c_str(), place.c_str()) != 0) error = errno;
    if (error != 0) unlink(made.c_str());
    return error;
}

void save_checkpoint(void (*save)(Saver&), const char* refusal) {
    int error = *refusal == 0 ? replaced(save) : 0;
    last_saved = now();
    std::printf("{\"checkpoint\":\"%s\"}\n", error == 0 ? refusal : std::strerror(error));
    if (std::fflush(stdout) != 0) _exit(1);  // nobody listens
}
