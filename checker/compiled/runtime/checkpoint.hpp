// What a search has found so far, in a file, from which another process goes on: see `compiled/checkpoint.py`.
//
// The file is a line that the Python side writes and reads, then words of 64 bits: how long the search has taken, names
// that were made at run time, the objects that states consist of, each behind those that it consists of, what the parts
// of the search save, in which such an object is the number that it has here, and a checksum of all that. It is of the
// end of a level, always: what has been found since then is in other tables, and is found again.
#pragma once

#include <string>
#include <vector>

#include "numbering.hpp"
#include "search.hpp"

// --- writing ---------------------------------------------------------------------------------------------------------

struct Checksum {
    u64 lanes[4] = {};
    u64 count = 0;
    void add(const u64* words, u64 size);
    u64 value() const;
};

// Each part of the search is asked twice: first for the values that it has, then for all that it saves.
class Saver {
public:
    bool numbers_values = true;
    int error = 0;  // of the system; once there is one, nothing is written

    explicit Saver(int file);
    void put(u64 word);
    void put_bytes(const void* bytes, u64 size);  // as whole words
    void put_values(const V* values, u64 count);
    template <class Items>
    void put_items(const Items& items) {
        put(items.size());
        put_bytes(items.data(), items.size() * sizeof(*items.data()));
    }
    void end_values();
    void end();

private:
    int file;
    std::vector<u64> buffer;
    Checksum checksum;
    Numbering objects;  // by address

    void write(u64 word);
    void write_out();
    void write_object(const Object* object);
    u64 portable(V v);
};

// --- reading ---------------------------------------------------------------------------------------------------------

class Loader {
public:
    explicit Loader(const char* name);  // ends the process where the file is not as it was written
    u64 get();
    void get_bytes(void* bytes, u64 size);
    void get_values(V* values, u64 count);
    template <class Items>
    void get_items(Items& items) {
        items.resize(get());
        get_bytes(items.data(), items.size() * sizeof(*items.data()));
    }
    void get_names();
    void get_objects();

private:
    int file;
    std::vector<u64> buffer;
    u64 at = 0;
    std::vector<V> objects;

    void fill();
    V here(u64 word) const;
};

// --- when it is written ----------------------------------------------------------------------------------------------

extern bool is_saved;  // whether the search has a checkpoint

// `folder`, for a file that begins with `header`; how often; the file to go on from, or "".
void start_checkpoints(const char* folder, u64 milliseconds, const std::string& header, const char* resumed);

extern volatile bool interrupted;
inline bool is_interrupted() { return interrupted; }  // whether the search is to end, and leave what it has

Loader* resumed_from();  // behind the names; null where nothing was found before
bool is_checkpoint_due();

// And tells about it. `refusal`: why there can be none, or "".
void save_checkpoint(void (*save)(Saver&), const char* refusal);
