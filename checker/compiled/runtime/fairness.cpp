// Is there a fair behaviour? Strongly connected components of a product, found by Tarjan's algorithm without recursion
// and with one number for each node (Pearce, A Space-Efficient Algorithm for Finding Strongly Connected Components, 2016).
//
// A component is looked at when it is complete. Where it lacks an edge of a recurrent condition, no cycle in it is fair.
// Where it lacks the response of a pair, a fair cycle in it avoids the requests: the components that remain without those
// edges are looked at in their turn.
#include "fairness.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <unordered_map>

// --- a branch --------------------------------------------------------------------------------------------------------

// Infinitely many edges with `request` need infinitely many with `response`; without one they may only be finitely many.
struct Pair {
    const Truths* request;
    const Truths* response;
    bool negated;  // of the request: it is where these do not hold
};

struct TableauNode {
    const Truths* holds;   // in states, null where it always does
    const Truths* leaves;  // by edges, null where by all
    std::vector<u32> fulfilled;  // the eventualities that it does not put off
    std::vector<u32> successors;
    bool follows_itself;
};

struct FairBranch {
    bool is_anywhere;
    u32 eventualities;
    std::vector<TableauNode> nodes;
    std::vector<u32> initial;
    std::vector<const Truths*> recurrent;
    std::vector<Pair> pairs;
};

class BranchReading {
public:
    explicit BranchReading(const std::vector<u32>& numbers) : numbers(numbers) {}

    bool branch(FairBranch& read);

private:
    const std::vector<u32>& numbers;
    u64 at = 0;

    bool next(u32& number, u32 limit = ~u32(0)) {
        if (at == numbers.size()) return false;
        number = numbers[at++];
        return number <= limit;
    }
    bool list(std::vector<u32>& read, u32 limit);
    bool truths(const Truths*& read, bool may_be_none);
    bool node(TableauNode& read, u32 number, u32 nodes, u32 eventualities);
};

bool BranchReading::list(std::vector<u32>& read, u32 limit) {
    u32 count;
    if (!next(count)) return false;
    for (u32 i = 0; i < count; i++) {
        read.push_back(0);
        if (!next(read.back()) || read.back() >= limit) return false;
    }
    return true;
}

bool BranchReading::truths(const Truths*& read, bool may_be_none) {
    u32 number;
    if (!next(number)) return false;
    read = nullptr;
    if (number == NO_TRUTHS) return may_be_none;
    if (!are_known(number)) return false;
    read = &truths_of(number);
    return true;
}

bool BranchReading::node(TableauNode& read, u32 number, u32 nodes, u32 eventualities) {
    if (!truths(read.holds, true) || !truths(read.leaves, true)) return false;
    if (read.holds != nullptr && read.holds->of_edges) return false;
    if (!list(read.fulfilled, eventualities) || !list(read.successors, nodes)) return false;
    read.follows_itself = std::find(read.successors.begin(), read.successors.end(), number) != read.successors.end();
    return true;
}

bool BranchReading::branch(FairBranch& read) {
    u32 is_anywhere, nodes, recurrent, persistent, pairs;
    if (!next(is_anywhere) || !next(nodes) || !next(read.eventualities)) return false;
    read.is_anywhere = is_anywhere != 0;
    for (u32 i = 0; i < nodes; i++) {
        read.nodes.emplace_back();
        if (!node(read.nodes.back(), i, nodes, read.eventualities)) return false;
    }
    if (!list(read.initial, nodes) || !next(recurrent)) return false;
    for (u32 i = 0; i < recurrent; i++) {
        read.recurrent.push_back(nullptr);
        if (!truths(read.recurrent.back(), false)) return false;
    }
    // What holds of all but finitely many edges is a pair too: where it does not hold is a request without response.
    if (!next(persistent)) return false;
    for (u32 i = 0; i < persistent; i++) {
        read.pairs.push_back(Pair{nullptr, nullptr, true});
        if (!truths(read.pairs.back().request, false)) return false;
    }
    if (!next(pairs)) return false;
    for (u32 i = 0; i < pairs; i++) {
        read.pairs.push_back(Pair{nullptr, nullptr, false});
        Pair& pair = read.pairs.back();
        if (!truths(pair.request, false) || !truths(pair.response, false)) return false;
    }
    return at == numbers.size();
}

// --- memory ----------------------------------------------------------------------------------------------------------

// A number for each of so many things, 0 to begin with; what is never touched takes no memory.
class SparseNumbers {
public:
    explicit SparseNumbers(u64 size) : bytes(size * sizeof(u32) + 1) {
        void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED) throw Fault{FaultKind::MEMORY, "out of memory"};
        numbers = static_cast<u32*>(memory);
    }
    ~SparseNumbers() { munmap(numbers, bytes); }
    SparseNumbers(const SparseNumbers&) = delete;
    SparseNumbers& operator=(const SparseNumbers&) = delete;
    u32& operator[](u64 at) { return numbers[at]; }

private:
    u32* numbers;
    u64 bytes;
};

// --- the product -----------------------------------------------------------------------------------------------------

// Where nodes belong: to the part of the product that is being searched, or to one that is to be searched.
// Fair components have the numbers from FAIR downwards.
enum : u32 { WHOLE = 0, EXAMINED = 1, DONE = 2, FIRST_PART = 3, FAIR = ~u32(0) };

// What is left of a component without the requests of some pairs.
struct Part {
    u32 number;
    std::vector<u64> members;
    std::vector<u32> avoided;  // pairs
};

// The edges that lead from a node of the product to others of the same part, one after another.
struct Frame {
    u32 state;
    u32 node;       // of the tableau
    u32 edge;       // among those of the state
    u32 following : 31;  // among the successors of the tableau's node
    u32 is_root : 1;
};

constexpr u64 NO_PLACE = ~u64(0);
constexpr const char* TOO_LARGE = "a formula whose product with the states is too large";

class FairSearch {
public:
    explicit FairSearch(const FairBranch& branch)
        : branch(branch), edges(behaviour_edges()), index(nodes()), part_of(nodes()) {}

    // Whether the product has a fair cycle that an entry reaches.
    bool finds() {
        part = Part{WHOLE, {}, {}};
        for (u64 entry : entries()) search_from(entry);
        while (!parts.empty()) {
            part = std::move(parts.back());
            parts.pop_back();
            visited = 0;
            for (u64 member : part.members) search_from(member);
        }
        return last_fair != FAIR;
    }

private:
    const FairBranch& branch;
    const Edges& edges;
    SparseNumbers index;    // of a node while it is visited: the least that it is known to lead to
    SparseNumbers part_of;  // by node
    std::vector<Frame> frames;
    std::vector<u64> path;  // nodes that are left, but whose component is not complete
    std::vector<Part> parts;
    Part part;
    u32 visited = 0;
    u32 last_part = FIRST_PART, last_fair = FAIR;          // the next to be given
    std::unordered_map<u32, std::vector<u32>> avoided_in;  // pairs, by fair component that has any
    std::vector<u32> missing, missing_eventualities;  // of the component that is looked at
    std::vector<u8> requested, answered;              // by pair

    u64 nodes() const { return branch.nodes.size() * state_count; }
    u64 number_of(u32 node, u64 state) const { return node * state_count + state; }

    bool holds(u32 node, u64 state) const {
        const Truths* truths = branch.nodes[node].holds;
        return truths == nullptr || truths->hold(state, 0);
    }

    std::vector<u64> entries() const {
        std::vector<u64> found;
        for (u64 state = 0; state < state_count; state++)
            for (u32 node : branch.initial)
                if ((branch.is_anywhere || parents[state] == NO_STATE) && holds(node, state))
                    found.push_back(number_of(node, state));
        return found;
    }

    bool is_requested(const Pair& pair, u64 state, u64 edge) const {
        return pair.request->hold(state, edge) != pair.negated;
    }

    bool leaves(const TableauNode& from, u64 state, u64 edge) const {
        return from.leaves == nullptr || from.leaves->hold(state, edge);
    }

    // Whether an edge of the graph is one of this part of the product, where it begins at that node of the tableau.
    bool is_taken(const TableauNode& from, u64 state, u64 edge) const {
        if (!leaves(from, state, edge)) return false;
        for (u32 avoided : part.avoided)
            if (is_requested(branch.pairs[avoided], state, edge)) return false;
        return true;
    }

    // The node of the product that an edge leads to with a node of the tableau, if there is one.
    bool leads_to(u64 edge, u32 following, u64& target) const {
        u64 state = edges.targets[edge];
        target = number_of(following, state);
        return holds(following, state);
    }

    bool leads_to(u64 edge, u32 following, u32 in, u64& target) {
        return leads_to(edge, following, target) && part_of[target] == in;
    }

    bool advance(Frame& frame, u64& target) {
        const TableauNode& from = branch.nodes[frame.node];
        u64 start = edges.starts[frame.state], count = edges.starts[frame.state + 1] - start;
        for (; frame.edge < count; frame.edge++, frame.following = 0) {
            u64 edge = start + frame.edge;
            if (frame.following == 0 && !is_taken(from, frame.state, edge)) continue;
            while (frame.following < from.successors.size())
                if (leads_to(edge, from.successors[frame.following++], part.number, target)) return true;
        }
        return false;
    }

    void enter(u64 node) {
        if (++visited == ~u32(0)) throw Fault{FaultKind::MEMORY, TOO_LARGE};
        index[node] = visited;
        frames.push_back(Frame{u32(node % state_count), u32(node / state_count), 0, 0, 1});
    }

    static void note(Frame& frame, u32& own, u32 other) {
        if (other >= own) return;
        own = other;
        frame.is_root = 0;
    }

    void search_from(u64 start) {
        if (part_of[start] != part.number || index[start] != 0) return;
        enter(start);
        while (!frames.empty()) {
            Frame& frame = frames.back();
            u64 node = number_of(frame.node, frame.state), target;
            if (advance(frame, target)) {
                if (index[target] == 0)
                    enter(target);
                else
                    note(frame, index[node], index[target]);
                continue;
            }
            bool is_root = frame.is_root != 0;
            frames.pop_back();
            path.push_back(node);
            if (is_root) {
                close_component(node);
            } else {
                Frame& before = frames.back();
                note(before, index[number_of(before.node, before.state)], index[node]);
            }
        }
    }

    // --- components --------------------------------------------------------------------------------------------------

    // The component of which `root`, the last of the path, was visited first is complete.
    void close_component(u64 root) {
        u64 first = path.size() - 1;
        while (first > 0 && index[path[first - 1]] >= index[root]) first--;
        if (path.size() - first > 1 || branch.nodes[root / state_count].follows_itself) {
            for (u64 i = first; i < path.size(); i++) part_of[path[i]] = EXAMINED;
            examine(first);
        } else {
            part_of[root] = DONE;
        }
        path.resize(first);
    }

    void examine(u64 first) {
        bool has_edges = look_at_all(path.data() + first, path.size() - first);
        std::vector<u32> lacking;
        for (u32 i = 0; i < branch.pairs.size(); i++)
            if (requested[i] && !answered[i]) lacking.push_back(i);
        if (!has_edges || !missing.empty() || !missing_eventualities.empty())
            for (u64 i = first; i < path.size(); i++) part_of[path[i]] = DONE;
        else if (lacking.empty())
            keep(first);
        else
            put_off(first, lacking);
    }

    // What the edges within a component are, all of whose nodes these are; whether there are any.
    bool look_at_all(const u64* members, u64 count) {
        require_all();
        requested.assign(branch.pairs.size(), false);
        answered.assign(branch.pairs.size(), false);
        bool has_edges = false;
        for (u64 i = 0; i < count; i++) has_edges |= look_at(members[i], count == 1);
        return has_edges;
    }

    // What the edges within the component that begin at a node are; whether there are any.
    bool look_at(u64 node, bool is_alone) {
        u64 state = node % state_count;
        const TableauNode& from = branch.nodes[node / state_count];
        bool has_edges = false;
        for (u64 edge = edges.starts[state]; edge < edges.starts[state + 1]; edge++) {
            if ((is_alone && edges.targets[edge] != state) || !is_within(from, state, edge)) continue;
            has_edges = true;
            auto holds = [&](u32 condition) { return branch.recurrent[condition]->hold(state, edge); };
            missing.erase(std::remove_if(missing.begin(), missing.end(), holds), missing.end());
            for (u32 i = 0; i < branch.pairs.size(); i++) look_at(i, state, edge);
        }
        if (has_edges)
            for (u32 eventuality : from.fulfilled) remove(missing_eventualities, eventuality);
        return has_edges;
    }

    void look_at(u32 number, u64 state, u64 edge) {
        const Pair& pair = branch.pairs[number];
        if (answered[number]) return;
        if (pair.response != nullptr && pair.response->hold(state, edge))
            answered[number] = true;
        else if (!requested[number])
            requested[number] = is_requested(pair, state, edge);
    }

    bool is_within(const TableauNode& from, u64 state, u64 edge) {
        if (!is_taken(from, state, edge)) return false;
        u64 target;
        for (u32 following : from.successors)
            if (leads_to(edge, following, EXAMINED, target)) return true;
        return false;
    }

    static void remove(std::vector<u32>& from, u32 number) {
        from.erase(std::remove(from.begin(), from.end(), number), from.end());
    }

    void keep(u64 first) {
        if (last_part == last_fair) throw Fault{FaultKind::MEMORY, TOO_LARGE};
        for (u64 i = first; i < path.size(); i++) part_of[path[i]] = last_fair;
        if (!part.avoided.empty()) avoided_in[last_fair] = part.avoided;
        last_fair--;
    }

    void put_off(u64 first, const std::vector<u32>& lacking) {
        if (last_part == last_fair) throw Fault{FaultKind::MEMORY, TOO_LARGE};
        Part made{last_part++, {path.begin() + i64(first), path.end()}, part.avoided};
        made.avoided.insert(made.avoided.end(), lacking.begin(), lacking.end());
        for (u64 member : made.members) {
            part_of[member] = made.number;
            index[member] = 0;
        }
        parts.push_back(std::move(made));
    }

    // --- a behaviour -------------------------------------------------------------------------------------------------

    // Follows edges from some nodes to the nearest goal, and adds the nodes on the way, in some order, and last the goal.
    // Where `is_within`, the edges are those of the component that was found.
    template <class Goal>
    void follow(std::vector<u64> order, bool is_within, Goal is_goal, std::vector<u64>& way) {
        std::vector<u64> before(order.size(), NO_PLACE);
        SparseNumbers seen(nodes());
        for (u64 node : order) seen[node] = 1;
        for (u64 at = 0; at < order.size(); at++) {
            u64 node = order[at], state = node % state_count, target;
            const TableauNode& from = branch.nodes[node / state_count];
            for (u64 edge = edges.starts[state]; edge < edges.starts[state + 1]; edge++) {
                if (is_within ? !is_taken(from, state, edge) : !leaves(from, state, edge)) continue;
                for (u32 following : from.successors) {
                    if (!leads_to(edge, following, target) || (is_within && part_of[target] != EXAMINED)) continue;
                    if (is_goal(node, edge, target)) {
                        for (; at != NO_PLACE; at = before[at]) way.push_back(order[at]);
                        way.push_back(target);
                        return;
                    }
                    if (seen[target] != 0) continue;
                    seen[target] = 1;
                    order.push_back(target);
                    before.push_back(at);
                }
            }
        }
        throw Fault{FaultKind::CONTRADICTION, "a fair component without a fair cycle"};
    }

    // A shortest way through the product into a fair component; it ends at the first of its nodes.
    void enter_component(std::vector<u64>& way) {
        std::vector<u64> first = entries();
        for (u64 entry : first) {
            if (part_of[entry] <= last_fair) continue;
            way.push_back(entry);
            return;
        }
        follow(std::move(first), false, [&](u64, u64, u64 target) { return part_of[target] > last_fair; }, way);
    }

    // Looks again at the component of a node.
    void return_to(u64 start) {
        part = Part{part_of[start], {start}, {}};
        auto avoided = avoided_in.find(part.number);
        if (avoided != avoided_in.end()) part.avoided = avoided->second;
        part_of[start] = EXAMINED;
        for (u64 at = 0; at < part.members.size(); at++) {
            u64 node = part.members[at], state = node % state_count, target;
            const TableauNode& from = branch.nodes[node / state_count];
            for (u64 edge = edges.starts[state]; edge < edges.starts[state + 1]; edge++) {
                if (!is_taken(from, state, edge)) continue;
                for (u32 following : from.successors) {
                    if (!leads_to(edge, following, part.number, target)) continue;
                    part_of[target] = EXAMINED;
                    part.members.push_back(target);
                }
            }
        }
        look_at_all(part.members.data(), part.members.size());
    }

    // The conditions that a fair cycle must meet, but those that an edge from a node does.
    void meet(u64 node, u64 edge) {
        u64 state = node % state_count;
        auto holds = [&](u32 condition) { return branch.recurrent[condition]->hold(state, edge); };
        missing.erase(std::remove_if(missing.begin(), missing.end(), holds), missing.end());
        for (u32 eventuality : branch.nodes[node / state_count].fulfilled) remove(missing_eventualities, eventuality);
        for (u32 i = 0; i < branch.pairs.size(); i++)
            if (answered[i] && branch.pairs[i].response->hold(state, edge)) answered[i] = false;
    }

    u64 unmet() const {
        u64 pairs = u64(std::count(answered.begin(), answered.end(), true));
        return missing.size() + missing_eventualities.size() + pairs;
    }

    bool meets(u64 node, u64 edge) const {
        u64 state = node % state_count;
        for (u32 condition : missing)
            if (branch.recurrent[condition]->hold(state, edge)) return true;
        for (u32 eventuality : branch.nodes[node / state_count].fulfilled)
            for (u32 other : missing_eventualities)
                if (eventuality == other) return true;
        for (u32 i = 0; i < branch.pairs.size(); i++)
            if (answered[i] && branch.pairs[i].response->hold(state, edge)) return true;
        return false;
    }

    void require_all() {
        missing.resize(branch.recurrent.size());
        for (u32 i = 0; i < missing.size(); i++) missing[i] = i;
        missing_eventualities.resize(branch.eventualities);
        for (u32 i = 0; i < missing_eventualities.size(); i++) missing_eventualities[i] = i;
    }

public:
    // Once fair components were found: the states of a way into it, and of a fair cycle.
    std::vector<u32> states() {
        std::vector<u64> way;
        enter_component(way);
        u64 start = way.back();
        return_to(start);
        require_all();
        auto goal = [&](u64 node, u64 edge, u64) {
            if (!meets(node, edge)) return false;
            meet(node, edge);
            return true;
        };
        while (unmet() > 0) follow({way.back()}, true, goal, way);
        follow({way.back()}, true, [&](u64, u64, u64 target) { return target == start; }, way);
        std::vector<u32> found;
        for (u64 node : way) found.push_back(u32(node % state_count));
        return found;
    }
};

bool serve_fairness(const std::vector<u32>& asked) {
    FairBranch branch;
    if (!BranchReading(asked).branch(branch)) return false;
    FairSearch search(branch);
    std::vector<u32> states;
    if (search.finds()) states = search.states();
    return answer_numbers(states);
}
