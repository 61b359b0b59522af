-------------------------------- MODULE Raft --------------------------------
(*****************************************************************************)
(* This is Raft, a protocol by which a set of servers agree on a sequence of *)
(* commands, the log.  A server that a majority has voted for in a term is   *)
(* the leader of that term; it alone takes commands from clients, copies its *)
(* log to the others and finds out which entries are committed, that is, on  *)
(* a majority for good.                                                      *)
(*                                                                           *)
(* Sources:                                                                  *)
(*                                                                           *)
(*   [P]  D. Ongaro, J. Ousterhout.  In Search of an Understandable          *)
(*        Consensus Algorithm (extended version).  2014.                     *)
(*   [T]  D. Ongaro.  Consensus: Bridging Theory and Practice.  Stanford     *)
(*        University, 2014.  Chapter 3.                                      *)
(*                                                                           *)
(* Modelled: leader election, log replication, the rules for voting and for  *)
(* committing that make them safe, crashes and restarts, and a network that  *)
(* loses, duplicates and reorders messages.  A new leader starts its term    *)
(* with an entry of its own that holds no command ([T] section 6.4).         *)
(*                                                                           *)
(* Not modelled: time (a server may time out whenever it likes, which takes  *)
(* in every choice of timeouts and every failing clock), the state machine   *)
(* and client sessions, changes of membership, snapshots, reads without a    *)
(* log entry.  Every action is one step together with what it writes to      *)
(* stable storage: a message is sent by the step that makes durable what the *)
(* message says, and a crash falls between steps.  This is a specification   *)
(* of safety; no fairness is assumed.                                        *)
(*****************************************************************************)
EXTENDS Naturals, FiniteSets, Sequences
-----------------------------------------------------------------------------
CONSTANTS
  Server,        \* The set of servers, which never changes.
  Value,         \* The set of commands that clients may ask for.
  Nil,           \* The value of votedFor[i] while i has not voted.
  NoOp,          \* The value in the entry with which a leader starts a term.
  Lossy,         \* Whether Lose is among the steps: see the end of Next.
  DroppedGuards  \* The guards to be left out: the empty set, for Raft.

(*****************************************************************************)
(* Each rule of Raft that prevents an error bears a name, and a model may    *)
(* drop it by naming it in DroppedGuards, to see that the error then occurs  *)
(* and that one of the properties below tells it.                            *)
(*****************************************************************************)
Guards ==
  { \* Voting
    "OneVotePerTerm",         \* A server votes once in a term.
    "KeepVoteInTerm",         \* It keeps its vote until its term ends.
    "UpToDateLog",            \* It votes only for a log not behind its own:
    "TermBeforeLength",       \*   the last term counts before the length.
    "CountVotesOfTerm",       \* Votes of earlier terms do not count.
    "Majority",               \* More than half of the servers are a quorum.
    \* Stable storage
    "PersistTerm",            \* currentTerm survives a crash,
    "PersistVote",            \*   so does votedFor,
    "PersistLog",             \*   and so does log.
    \* Replication
    "RefuseStaleLeader",      \* An earlier term's leader is refused.
    "MatchPrevious",          \* Entries follow an entry that both logs have.
    "TruncateOnConflictOnly", \* Only an entry of another term is removed.
    "AckVerifiedOnly",        \* Acknowledged is no more than what was sent.
    "MatchMonotone",          \* An old acknowledgement takes nothing back.
    "IgnoreStaleRejection",   \* An old rejection takes nothing back.
    \* Commitment
    "CommitOwnTerm",          \* A leader counts only its own term's entries.
    "CommitVerifiedOnly",     \* A follower commits no more than what was sent.
    "CommitMonotone" }        \* An old request takes nothing back.

ASSUME ConstantAssumption == /\ IsFiniteSet(Server)
                             /\ Server # {}
                             /\ Nil \notin Server
                             /\ NoOp \notin Value
                             /\ Lossy \in BOOLEAN
                             /\ DroppedGuards \subseteq Guards

Dropped(guard) == guard \in DroppedGuards
  (***************************************************************************)
  (* True iff the model leaves out this guard.                               *)
  (***************************************************************************)

Max(m, n) == IF m > n THEN m ELSE n
Min(m, n) == IF m < n THEN m ELSE n

(*****************************************************************************)
(* Any two quorums have a server in common.  With half of an even number of  *)
(* servers they would not.                                                   *)
(*****************************************************************************)
IsQuorum(Q) == IF Dropped("Majority")
                 THEN 2 * Cardinality(Q) >= Cardinality(Server)
                 ELSE 2 * Cardinality(Q) >  Cardinality(Server)
-----------------------------------------------------------------------------
(*****************************************************************************)
(* A term is a natural number; 0 is the term before the first election.  A   *)
(* log is a sequence of entries, each with the term of the leader that made  *)
(* it.  The first entry has index 1; index 0 stands for the empty prefix,    *)
(* whose last entry is taken to be of term 0.                                *)
(*****************************************************************************)
Term  == Nat
Index == Nat
Role  == {"Follower", "Candidate", "Leader", "Down"}
Entry == [term : Term, value : Value \cup {NoOp}]

TermAt(l, k) == IF k = 0 THEN 0 ELSE l[k].term
LastTerm(l)  == TermAt(l, Len(l))

Contains(l, k, entry) == k <= Len(l) /\ l[k] = entry
  (***************************************************************************)
  (* True iff the log l has this entry at index k.                           *)
  (***************************************************************************)

HasPrefix(l, p) == Len(p) <= Len(l) /\ \A k \in 1..Len(p) : l[k] = p[k]
  (***************************************************************************)
  (* True iff the log l begins with the log p.                               *)
  (***************************************************************************)

(*****************************************************************************)
(* The messages are the requests and responses of the two remote procedure   *)
(* calls of [P] figure 2.  A response to an append names an index, since     *)
(* responses may arrive late, twice and in any order: on success mindex is   *)
(* the last index that the request covered, on failure it is the request's   *)
(* mprevLogIndex.                                                            *)
(*****************************************************************************)
VoteRequest ==
  [mtype : {"VoteRequest"}, mterm : Term, mlastLogTerm : Term,
   mlastLogIndex : Index, msource : Server, mdest : Server]

VoteResponse ==
  [mtype : {"VoteResponse"}, mterm : Term, mvoteGranted : BOOLEAN,
   msource : Server, mdest : Server]

AppendRequest ==
  [mtype : {"AppendRequest"}, mterm : Term, mprevLogIndex : Index,
   mprevLogTerm : Term, mentries : Seq(Entry), mcommitIndex : Index,
   msource : Server, mdest : Server]

AppendResponse ==
  [mtype : {"AppendResponse"}, mterm : Term, msuccess : BOOLEAN,
   mindex : Index, msource : Server, mdest : Server]
-----------------------------------------------------------------------------
(*****************************************************************************)
(* The variables.  The first three are kept in stable storage; the role, the *)
(* commitIndex and what a candidate and a leader know of the others are lost *)
(* in a crash.                                                               *)
(*****************************************************************************)
VARIABLES
  currentTerm,   \* currentTerm[i] is the latest term that i has seen.
  votedFor,      \* votedFor[i] is whom i voted for in currentTerm[i], or Nil.
  log,           \* log[i] is the log of i.
  role,          \* role[i] is what i is doing, "Down" from crash to restart.
  commitIndex,   \* i knows the first commitIndex[i] entries to be committed.
  votesGranted,  \* votesGranted[i] is the set of servers that voted for the
                 \*   candidate i in its term; empty in any other role.
  nextIndex,     \* nextIndex[i][j] is the index of the first entry that the
                 \*   leader i will send to j next.
  matchIndex,    \* The leader i knows that log[j] agrees with its own log up
                 \*   to matchIndex[i][j].  Of itself it keeps no account:
                 \*   matchIndex[i][i] remains 0.
  messages       \* The set of messages in the network.

(*****************************************************************************)
(* Two more record history.  No action depends on them; the properties do,   *)
(* which speak of what happened in states that are past.                     *)
(*****************************************************************************)
VARIABLES
  elected,       \* The set of all [term, leader] for which leader became the
                 \*   leader of term.
  committed      \* committed[k].entry is the first entry that any server held
                 \*   to be committed at index k, committed[k].term the term of
                 \*   that server at the time.

stableVars  == <<currentTerm, votedFor, log>>
officeVars  == <<votesGranted, nextIndex, matchIndex>>
commitVars  == <<commitIndex, committed>>
vars == <<stableVars, role, officeVars, commitVars, messages, elected>>

TypeOK ==
  /\ currentTerm \in [Server -> Term]
  /\ votedFor \in [Server -> Server \cup {Nil}]
  /\ log \in [Server -> Seq(Entry)]
  /\ role \in [Server -> Role]
  /\ commitIndex \in [Server -> Index]
  /\ votesGranted \in [Server -> SUBSET Server]
  /\ nextIndex \in [Server -> [Server -> Index]]
  /\ matchIndex \in [Server -> [Server -> Index]]
  /\ \A m \in messages : \/ m \in VoteRequest
                         \/ m \in VoteResponse
                         \/ m \in AppendRequest
                         \/ m \in AppendResponse
  /\ elected \subseteq [term : Term, leader : Server]
  /\ committed \in Seq([entry : Entry, term : Term])
-----------------------------------------------------------------------------
(*****************************************************************************)
(* What the actions have in common.                                          *)
(*                                                                           *)
(* A message is received by a server that is up.  It stays in the network    *)
(* and may be received again.                                                *)
(*****************************************************************************)
Receives(i, m, type) == /\ m.mdest = i
                        /\ m.mtype = type
                        /\ m \in messages
                        /\ role[i] # "Down"

Send(ms) == messages' = messages \cup ms

(*****************************************************************************)
(* Who is neither candidate nor leader keeps no account of the others.       *)
(*****************************************************************************)
LeaveOffice(i) ==
  /\ votesGranted' = [votesGranted EXCEPT ![i] = {}]
  /\ nextIndex' = [nextIndex EXCEPT ![i] = [j \in Server |-> 1]]
  /\ matchIndex' = [matchIndex EXCEPT ![i] = [j \in Server |-> 0]]

(*****************************************************************************)
(* Whoever learns of a later term enters it as a follower that has not yet   *)
(* voted ([P] section 5.1).  The handlers do so before anything else.        *)
(*****************************************************************************)
EnterTerm(i, term) ==
  /\ currentTerm' = [currentTerm EXCEPT ![i] = term]
  /\ votedFor' = [votedFor EXCEPT ![i] = Nil]
  /\ role' = [role EXCEPT ![i] = "Follower"]
  /\ LeaveOffice(i)

(*****************************************************************************)
(* Server i in the given term, with the log l, takes its first n entries to  *)
(* be committed.                                                             *)
(*****************************************************************************)
Commit(i, term, l, n) ==
  /\ commitIndex' = [commitIndex EXCEPT ![i] = n]
  /\ committed' = IF n <= Len(committed)
       THEN committed
       ELSE committed \o [k \in 1..(n - Len(committed)) |->
              [entry |-> l[Len(committed) + k], term |-> term]]

(*****************************************************************************)
(* The initial state: nothing has happened yet.                              *)
(*****************************************************************************)
Init == /\ currentTerm = [i \in Server |-> 0]
        /\ votedFor = [i \in Server |-> Nil]
        /\ log = [i \in Server |-> <<>>]
        /\ role = [i \in Server |-> "Follower"]
        /\ commitIndex = [i \in Server |-> 0]
        /\ votesGranted = [i \in Server |-> {}]
        /\ nextIndex = [i \in Server |-> [j \in Server |-> 1]]
        /\ matchIndex = [i \in Server |-> [j \in Server |-> 0]]
        /\ messages = {}
        /\ elected = {}
        /\ committed = <<>>
-----------------------------------------------------------------------------
(*****************************************************************************)
(* Elections ([P] sections 5.2 and 5.4.1, [T] sections 3.4 and 3.6.1).       *)
(*                                                                           *)
(* A follower or candidate i that has waited long enough starts the next     *)
(* term as its candidate: it votes for itself and asks the others.           *)
(*****************************************************************************)
Timeout(i) ==
  /\ role[i] \in {"Follower", "Candidate"}
  /\ currentTerm' = [currentTerm EXCEPT ![i] = @ + 1]
  /\ votedFor' = [votedFor EXCEPT ![i] = i]
  /\ role' = [role EXCEPT ![i] = "Candidate"]
  /\ votesGranted' = [votesGranted EXCEPT ![i] = {i}]
  /\ Send({[mtype         |-> "VoteRequest",
            mterm         |-> currentTerm[i] + 1,
            mlastLogTerm  |-> LastTerm(log[i]),
            mlastLogIndex |-> Len(log[i]),
            msource       |-> i,
            mdest         |-> j] : j \in Server \ {i}})
  /\ UNCHANGED <<log, nextIndex, matchIndex, commitVars, elected>>

(*****************************************************************************)
(* True iff the log that the vote request m describes is at least as up to   *)
(* date as that of i: its last entry is of a later term, or of the same term *)
(* and its index is not less.                                                *)
(*****************************************************************************)
UpToDate(i, m) ==
  LET term  == LastTerm(log[i])
      index == Len(log[i])
  IN  IF Dropped("TermBeforeLength")
        THEN \/ m.mlastLogIndex > index
             \/ m.mlastLogIndex = index /\ m.mlastLogTerm >= term
        ELSE \/ m.mlastLogTerm > term
             \/ m.mlastLogTerm = term /\ m.mlastLogIndex >= index

(*****************************************************************************)
(* Server i votes for the candidate that asks, unless the request is of an   *)
(* earlier term, i has voted for another in this term, or the candidate's    *)
(* log is behind its own.  The last is what gives every leader all committed *)
(* entries.  It answers in any case.                                         *)
(*****************************************************************************)
HandleVoteRequest(i, m) ==
  /\ Receives(i, m, "VoteRequest")
  /\ LET later   == m.mterm > currentTerm[i]
         vote    == IF later THEN Nil ELSE votedFor[i]
         granted == /\ m.mterm >= currentTerm[i]
                    /\ vote \in {Nil, m.msource} \/ Dropped("OneVotePerTerm")
                    /\ UpToDate(i, m) \/ Dropped("UpToDateLog")
     IN  /\ currentTerm' = [currentTerm EXCEPT ![i] = Max(@, m.mterm)]
         /\ votedFor' = [votedFor EXCEPT ![i] = IF granted THEN m.msource
                                                           ELSE vote]
         /\ IF later
              THEN /\ role' = [role EXCEPT ![i] = "Follower"]
                   /\ LeaveOffice(i)
              ELSE UNCHANGED <<role, officeVars>>
         /\ Send({[mtype        |-> "VoteResponse",
                   mterm        |-> Max(currentTerm[i], m.mterm),
                   mvoteGranted |-> granted,
                   msource      |-> i,
                   mdest        |-> m.msource]})
  /\ UNCHANGED <<log, commitVars, elected>>

(*****************************************************************************)
(* The candidate i counts a vote of its term.  Any other response that does  *)
(* not bring a later term is of no interest.                                 *)
(*****************************************************************************)
HandleVoteResponse(i, m) ==
  /\ Receives(i, m, "VoteResponse")
  /\ IF m.mterm > currentTerm[i]
       THEN EnterTerm(i, m.mterm)
       ELSE /\ votesGranted' =
                 IF /\ role[i] = "Candidate"
                    /\ m.mterm = currentTerm[i] \/ Dropped("CountVotesOfTerm")
                    /\ m.mvoteGranted
                   THEN [votesGranted EXCEPT ![i] = @ \cup {m.msource}]
                   ELSE votesGranted
            /\ UNCHANGED <<currentTerm, votedFor, role, nextIndex, matchIndex>>
  /\ UNCHANGED <<log, commitVars, messages, elected>>

(*****************************************************************************)
(* A candidate with the votes of a quorum becomes the leader of its term.    *)
(* It starts it with an entry without a command, so that it need not wait    *)
(* for a client to be able to commit what it found in its log (see           *)
(* AdvanceCommitIndex).  It will send this entry to everyone first.          *)
(*****************************************************************************)
BecomeLeader(i) ==
  /\ role[i] = "Candidate"
  /\ IsQuorum(votesGranted[i])
  /\ role' = [role EXCEPT ![i] = "Leader"]
  /\ votesGranted' = [votesGranted EXCEPT ![i] = {}]
  /\ nextIndex' = [nextIndex EXCEPT ![i] =
                     [j \in Server |-> Len(log[i]) + 1]]
  /\ matchIndex' = [matchIndex EXCEPT ![i] = [j \in Server |-> 0]]
  /\ log' = [log EXCEPT ![i] =
               Append(@, [term |-> currentTerm[i], value |-> NoOp])]
  /\ elected' = elected \cup {[term |-> currentTerm[i], leader |-> i]}
  /\ UNCHANGED <<currentTerm, votedFor, commitVars, messages>>
-----------------------------------------------------------------------------
(*****************************************************************************)
(* Replication ([P] section 5.3, [T] section 3.5).                           *)
(*                                                                           *)
(* The leader i takes the command v from a client.                           *)
(*****************************************************************************)
ClientRequest(i, v) ==
  /\ role[i] = "Leader"
  /\ log' = [log EXCEPT ![i] =
               Append(@, [term |-> currentTerm[i], value |-> v])]
  /\ UNCHANGED <<currentTerm, votedFor, role, officeVars, commitVars,
                 messages, elected>>

(*****************************************************************************)
(* The leader i sends j the n entries from nextIndex[i][j] on.  With n = 0   *)
(* it is a heartbeat.                                                        *)
(*****************************************************************************)
SendAppendEntries(i, j, n) ==
  /\ role[i] = "Leader"
  /\ i # j
  /\ LET prev == nextIndex[i][j] - 1
     IN  /\ prev + n <= Len(log[i])
         /\ Send({[mtype         |-> "AppendRequest",
                   mterm         |-> currentTerm[i],
                   mprevLogIndex |-> prev,
                   mprevLogTerm  |-> TermAt(log[i], prev),
                   mentries      |-> SubSeq(log[i], prev + 1, prev + n),
                   mcommitIndex  |-> commitIndex[i],
                   msource       |-> i,
                   mdest         |-> j]})
  /\ UNCHANGED <<stableVars, role, officeVars, commitVars, elected>>

(*****************************************************************************)
(* True iff log[i] has the entry that the entries of m follow.               *)
(*****************************************************************************)
MatchesPrevious(i, m) ==
  /\ m.mprevLogIndex <= Len(log[i])
  /\ \/ m.mprevLogTerm = TermAt(log[i], m.mprevLogIndex)
     \/ Dropped("MatchPrevious")

(*****************************************************************************)
(* The log of i with the entries of m put after m.mprevLogIndex.  What i has *)
(* after that is removed only if it contradicts m: the request may be old,   *)
(* and i may have acknowledged more since.                                   *)
(*****************************************************************************)
Merged(i, m) ==
  LET prev == m.mprevLogIndex
      tail == prev + Len(m.mentries)
      conflict == \E k \in (prev + 1)..Min(tail, Len(log[i])) :
                     log[i][k].term # m.mentries[k - prev].term
  IN  IF conflict \/ tail > Len(log[i]) \/ Dropped("TruncateOnConflictOnly")
        THEN SubSeq(log[i], 1, prev) \o m.mentries
        ELSE log[i]

AppendAnswer(i, m, success, index) ==
  [mtype    |-> "AppendResponse",
   mterm    |-> Max(currentTerm[i], m.mterm),
   msuccess |-> success,
   mindex   |-> index,
   msource  |-> i,
   mdest    |-> m.msource]

(*****************************************************************************)
(* Server i recognises the sender as the leader of the term.                 *)
(*****************************************************************************)
Follow(i, m) ==
  /\ currentTerm' = [currentTerm EXCEPT ![i] = Max(@, m.mterm)]
  /\ votedFor' =
       IF m.mterm > currentTerm[i] \/ Dropped("KeepVoteInTerm")
         THEN [votedFor EXCEPT ![i] = Nil]
         ELSE votedFor
  /\ role' = [role EXCEPT ![i] = "Follower"]
  /\ LeaveOffice(i)

(*****************************************************************************)
(* Server i takes over the entries of m and commits what the leader has      *)
(* committed of them.  What lies behind them in its log may not be the       *)
(* leader's: it is neither acknowledged nor committed.                       *)
(*****************************************************************************)
AcceptEntries(i, m) ==
  LET merged == Merged(i, m)
      tail   == m.mprevLogIndex + Len(m.mentries)
      acked  == IF Dropped("AckVerifiedOnly") THEN Len(merged) ELSE tail
      bound  == IF Dropped("CommitVerifiedOnly") THEN Len(merged) ELSE tail
      commit == Min(m.mcommitIndex, bound)
  IN  /\ log' = [log EXCEPT ![i] = merged]
      /\ Commit(i, Max(currentTerm[i], m.mterm), merged,
                IF Dropped("CommitMonotone") THEN commit
                                             ELSE Max(commitIndex[i], commit))
      /\ Send({AppendAnswer(i, m, TRUE, acked)})

(*****************************************************************************)
(* Server i answers a request of an earlier term with its own term, so that  *)
(* the sender steps down.  Otherwise the sender leads the term of i, or a    *)
(* later one.  In one step i gives up if it was a candidate, follows, takes  *)
(* over the entries or rejects them, and answers.                            *)
(*                                                                           *)
(* A leader does not get here in its own term unless ElectionSafety has been *)
(* violated before; it never takes entries from another.                     *)
(*****************************************************************************)
HandleAppendRequest(i, m) ==
  /\ Receives(i, m, "AppendRequest")
  /\ IF m.mterm < currentTerm[i] /\ ~ Dropped("RefuseStaleLeader")
       THEN /\ Send({AppendAnswer(i, m, FALSE, m.mprevLogIndex)})
            /\ UNCHANGED <<stableVars, role, officeVars, commitVars>>
       ELSE /\ role[i] # "Leader" \/ m.mterm > currentTerm[i]
            /\ Follow(i, m)
            /\ IF MatchesPrevious(i, m)
                 THEN AcceptEntries(i, m)
                 ELSE /\ Send({AppendAnswer(i, m, FALSE, m.mprevLogIndex)})
                      /\ UNCHANGED <<log, commitVars>>
  /\ UNCHANGED elected

(*****************************************************************************)
(* The leader i learns that the log of j agrees with its own up to index.    *)
(*****************************************************************************)
Acknowledged(i, j, index) ==
  /\ nextIndex' = [nextIndex EXCEPT ![i][j] = Max(@, index + 1)]
  /\ matchIndex' = [matchIndex EXCEPT ![i][j] =
                      IF Dropped("MatchMonotone") THEN index
                                                  ELSE Max(@, index)]

(*****************************************************************************)
(* The leader i learns that the log of j does not agree with its own at      *)
(* index, and will try one entry earlier.  But it does so only if it would   *)
(* send the same request again, and what j has acknowledged, j has.          *)
(*****************************************************************************)
Rejected(i, j, index) ==
  /\ nextIndex' = [nextIndex EXCEPT ![i][j] =
                     IF Dropped("IgnoreStaleRejection")
                       THEN Max(index, 1)
                       ELSE IF index = @ - 1
                              THEN Max(index, matchIndex[i][j] + 1)
                              ELSE @]
  /\ UNCHANGED matchIndex

(*****************************************************************************)
(* Only the responses of its term tell the leader anything.                  *)
(*****************************************************************************)
HandleAppendResponse(i, m) ==
  /\ Receives(i, m, "AppendResponse")
  /\ IF m.mterm > currentTerm[i]
       THEN EnterTerm(i, m.mterm)
       ELSE /\ IF role[i] = "Leader" /\ m.mterm = currentTerm[i]
                 THEN IF m.msuccess
                        THEN Acknowledged(i, m.msource, m.mindex)
                        ELSE Rejected(i, m.msource, m.mindex)
                 ELSE UNCHANGED <<nextIndex, matchIndex>>
            /\ UNCHANGED <<currentTerm, votedFor, role, votesGranted>>
  /\ UNCHANGED <<log, commitVars, messages, elected>>
-----------------------------------------------------------------------------
(*****************************************************************************)
(* Commitment ([P] section 5.4.2, [T] section 3.6.2).                        *)
(*                                                                           *)
(* The leader i commits the last entry of its own term that is on a quorum,  *)
(* and with it all entries before.  An entry of an earlier term is not safe  *)
(* by being on a quorum: the candidate of a later term may not have it and   *)
(* yet be more up to date than those that do ([P] figure 8).                 *)
(*****************************************************************************)
AdvanceCommitIndex(i) ==
  /\ role[i] = "Leader"
  /\ LET holders(k)   == {i} \cup {j \in Server : matchIndex[i][j] >= k}
         committable  == {k \in (commitIndex[i] + 1)..Len(log[i]) :
                            /\ \/ log[i][k].term = currentTerm[i]
                               \/ Dropped("CommitOwnTerm")
                            /\ IsQuorum(holders(k))}
     IN  /\ committable # {}
         /\ UNCHANGED stableVars
         /\ Commit(i, currentTerm[i], log[i],
                   CHOOSE k \in committable :
                     \A l \in committable : l <= k)
  /\ UNCHANGED <<role, officeVars, messages, elected>>
-----------------------------------------------------------------------------
(*****************************************************************************)
(* Failures ([P] section 5.5, [T] sections 3.7 and 3.8).                     *)
(*                                                                           *)
(* A server may stop at any time and forgets all that is not in stable       *)
(* storage.  The messages to it stay in the network.                         *)
(*****************************************************************************)
Crash(i) ==
  /\ role[i] # "Down"
  /\ role' = [role EXCEPT ![i] = "Down"]
  /\ commitIndex' = [commitIndex EXCEPT ![i] = 0]
  /\ LeaveOffice(i)
  /\ UNCHANGED <<stableVars, messages, elected, committed>>

(*****************************************************************************)
(* It comes back as a follower.                                              *)
(*****************************************************************************)
Restart(i) ==
  /\ role[i] = "Down"
  /\ role' = [role EXCEPT ![i] = "Follower"]
  /\ currentTerm' = IF Dropped("PersistTerm")
                      THEN [currentTerm EXCEPT ![i] = 0]
                      ELSE currentTerm
  /\ votedFor' = IF Dropped("PersistVote") \/ Dropped("PersistTerm")
                   THEN [votedFor EXCEPT ![i] = Nil]
                   ELSE votedFor
  /\ log' = IF Dropped("PersistLog")
              THEN [log EXCEPT ![i] = <<>>]
              ELSE log
  /\ UNCHANGED <<officeVars, commitVars, messages, elected>>

(*****************************************************************************)
(* The network loses m.                                                      *)
(*****************************************************************************)
Lose(m) ==
  /\ Lossy
  /\ m \in messages
  /\ messages' = messages \ {m}
  /\ UNCHANGED <<stableVars, role, officeVars, commitVars, elected>>
-----------------------------------------------------------------------------
(*****************************************************************************)
(* The next-state relation and the specification.                            *)
(*                                                                           *)
(* A message need never be received, so one that stays in the network for    *)
(* ever is as good as lost: leaving Lose out takes away no behaviour of the  *)
(* servers, only states of the network.  Lossy lets a model choose: with     *)
(* Lose a bound on the number of messages in the network does not bound how  *)
(* many are sent.                                                            *)
(*****************************************************************************)
Next ==
  \/ \E i \in Server : Timeout(i)
  \/ \E i \in Server, m \in messages : HandleVoteRequest(i, m)
  \/ \E i \in Server, m \in messages : HandleVoteResponse(i, m)
  \/ \E i \in Server : BecomeLeader(i)
  \/ \E i \in Server, v \in Value : ClientRequest(i, v)
  \/ \E i, j \in Server : \E n \in 0..Len(log[i]) : SendAppendEntries(i, j, n)
  \/ \E i \in Server, m \in messages : HandleAppendRequest(i, m)
  \/ \E i \in Server, m \in messages : HandleAppendResponse(i, m)
  \/ \E i \in Server : AdvanceCommitIndex(i)
  \/ \E i \in Server : Crash(i)
  \/ \E i \in Server : Restart(i)
  \/ \E m \in messages : Lose(m)

Spec == Init /\ [][Next]_vars
-----------------------------------------------------------------------------
(*****************************************************************************)
(* The properties of [P] figure 3.                                           *)
(*                                                                           *)
(* Election Safety: at most one leader is ever elected in a term.            *)
(*****************************************************************************)
ElectionSafety ==
  \A a, b \in elected : a.term = b.term => a.leader = b.leader

(*****************************************************************************)
(* Leader Append-Only: a leader neither overwrites nor deletes entries of    *)
(* its log, it only appends.                                                 *)
(*****************************************************************************)
LeaderAppendOnly ==
  [][\A i \in Server : role[i] = "Leader" /\ role'[i] = "Leader"
                         => HasPrefix(log'[i], log[i])]_vars

(*****************************************************************************)
(* Log Matching: two logs with an entry of the same index and term are the   *)
(* same up to that index.                                                    *)
(*****************************************************************************)
LogMatching ==
  \A i, j \in Server :
     i # j =>
       \A k \in 1..Min(Len(log[i]), Len(log[j])) :
          log[i][k].term = log[j][k].term =>
             \A l \in 1..k : log[i][l] = log[j][l]

(*****************************************************************************)
(* Leader Completeness: what was committed in a term is in the log of the    *)
(* leader of every later term.                                               *)
(*****************************************************************************)
LeaderCompleteness ==
  \A i \in Server :
     role[i] = "Leader" =>
       \A k \in 1..Len(committed) :
          committed[k].term < currentTerm[i] =>
             Contains(log[i], k, committed[k].entry)

(*****************************************************************************)
(* State Machine Safety: no two servers ever take different entries to be    *)
(* committed at the same index.                                              *)
(*****************************************************************************)
StateMachineSafety ==
  \A i \in Server :
     \A k \in 1..commitIndex[i] : Contains(log[i], k, committed[k].entry)

(*****************************************************************************)
(* Commitment is for good: commitIndex decreases only in a crash.            *)
(*****************************************************************************)
CommitMonotonic ==
  [][\A i \in Server : role'[i] # "Down"
                         => commitIndex'[i] >= commitIndex[i]]_vars
-----------------------------------------------------------------------------
(*****************************************************************************)
(* Lemmas on which the properties rest, each nearer to the rule it needs.    *)
(*                                                                           *)
(* The terms of the entries of a log do not decrease, nor go beyond the term *)
(* of the server.                                                            *)
(*****************************************************************************)
LogTermsOrdered ==
  \A i \in Server :
     /\ \A k \in 1..Len(log[i]) : TermAt(log[i], k - 1) <= log[i][k].term
     /\ LastTerm(log[i]) <= currentTerm[i]

(*****************************************************************************)
(* A leader has been elected, and a vote goes to a server that has reached   *)
(* the term.                                                                 *)
(*****************************************************************************)
OfficesAreEarned ==
  \A i \in Server :
     /\ role[i] = "Leader" =>
          [term |-> currentTerm[i], leader |-> i] \in elected
     /\ votedFor[i] # Nil => currentTerm[votedFor[i]] >= currentTerm[i]

(*****************************************************************************)
(* A committed entry is on a quorum from then on.                            *)
(*****************************************************************************)
CommittedOnQuorum ==
  \A k \in 1..Len(committed) :
     IsQuorum({i \in Server : Contains(log[i], k, committed[k].entry)})

(*****************************************************************************)
(* The term of a server never decreases, and in one term it votes once.      *)
(*****************************************************************************)
VoteOnce ==
  [][\A i \in Server :
        /\ currentTerm'[i] >= currentTerm[i]
        /\ currentTerm'[i] = currentTerm[i] /\ votedFor[i] # Nil
             => votedFor'[i] = votedFor[i]]_vars

(*****************************************************************************)
(* What a leader believes of a server is true, as long as that server has    *)
(* not gone on to a later term; and the entries it sends next start behind   *)
(* it.                                                                       *)
(*****************************************************************************)
MatchIndexIsTrue ==
  \A i, j \in Server :
     role[i] = "Leader" =>
       /\ matchIndex[i][j] < nextIndex[i][j]
       /\ nextIndex[i][j] <= Len(log[i]) + 1
       /\ currentTerm[i] = currentTerm[j] =>
            \A k \in 1..matchIndex[i][j] : Contains(log[j], k, log[i][k])

(*****************************************************************************)
(* What a leader knows of a server's log does not become less.               *)
(*****************************************************************************)
MatchIndexMonotonic ==
  [][\A i, j \in Server : role[i] = "Leader" /\ role'[i] = "Leader"
                            => matchIndex'[i][j] >= matchIndex[i][j]]_vars
-----------------------------------------------------------------------------
(*****************************************************************************)
(* Witnesses: each says of something that ought to happen that it does not,  *)
(* and has to be violated, lest the properties hold because nothing does.    *)
(*****************************************************************************)
NoLeaderElected == elected = {}

NoTwoTermsHaveLeaders == \A a, b \in elected : a.term = b.term

NoEntryCommitted == committed = <<>>

NoCommandCommitted == \A k \in 1..Len(committed) :
                         committed[k].entry.value = NoOp

NoCommitByFollower == \A i \in Server :
                         role[i] = "Follower" => commitIndex[i] = 0

NoEarlierTermCommitted == \A k \in 1..Len(committed) :
                             committed[k].entry.term = committed[k].term

NoEntryRemoved == [][\A i \in Server : HasPrefix(log'[i], log[i])]_vars

NoAppendRejected == \A m \in messages :
                       m.mtype = "AppendResponse" => m.msuccess

NoCommitForgotten == committed # <<>> => \E i \in Server : commitIndex[i] > 0
=============================================================================
