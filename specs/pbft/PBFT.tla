-------------------------------- MODULE PBFT --------------------------------
(*****************************************************************************)
(* This is PBFT with its messages: clients ask for operations, replicas      *)
(* order them by the three phases of [O] section 4.2, execute them in that   *)
(* order and reply, take checkpoints and forget what lies behind them, and   *)
(* change views.  PBFTCore tells of the agreement that is inside; this is a  *)
(* refinement of it, by the mapping below.                                   *)
(*                                                                           *)
(* Sources:                                                                  *)
(*                                                                           *)
(*   [O]  M. Castro, B. Liskov.  Practical Byzantine Fault Tolerance.        *)
(*        OSDI 1999.                                                         *)
(*   [T]  M. Castro, B. Liskov.  Practical Byzantine Fault Tolerance and     *)
(*        Proactive Recovery.  ACM TOCS 20(4), 2002.                         *)
(*                                                                           *)
(* Signatures are facts.  A message of a correct replica exists iff it has   *)
(* sent it: `messages' is the set of all of those.  A message of a faulty    *)
(* replica exists whenever somebody would like it to, whatever it says: that *)
(* takes in every equivocation, every forged or partial certificate, and     *)
(* silence.  A certificate is worth what the signatures in it are worth; a   *)
(* message that shows one is refused unless all of them are facts.  The      *)
(* network loses nothing for good, and delivers nothing in time: a message   *)
(* that is in `messages' may be received at any time, by anybody, or never.  *)
(* Digests are taken to be what they are digests of.                         *)
(*                                                                           *)
(* A replica logs what it decides, not what it receives: its own messages    *)
(* are its log.  Each action is what one replica does in one step, with the  *)
(* messages that it sends.                                                   *)
(*                                                                           *)
(* Not modelled: time, and retransmission, as no message is lost; message    *)
(* authentication codes in place of signatures, tentative execution and      *)
(* read-only requests ([O] section 5, [T] sections 3.2.1 and 5.1); recovery. *)
(*****************************************************************************)
EXTENDS PBFTReplicas
-----------------------------------------------------------------------------
CONSTANTS
  Client,        \* The set of clients.
  Operation,     \* The set of operations that they may ask for.
  Interval,      \* A replica takes a checkpoint at every Interval-th number.
  LogSize        \* How many numbers lie between the water marks.

(*****************************************************************************)
(* The rules that a model may drop: see PBFTReplicas.                        *)
(*****************************************************************************)
Guards ==
  { "RequestsSigned",     \* Backups vote only for what clients have signed.
    "ExecuteInOrder",     \* Requests are executed in the order of numbers,
    "ExecuteOnce",        \*   and each only once.
    "WeakReplies",        \* A client believes what F + 1 replicas tell it.
    "CheckpointQuorum",   \* A checkpoint is stable once a quorum has it.
    "ProofQuorum",        \* A proof that d was prepared has all signatures.
    "DistinctSenders" }   \* A NEW-VIEW counts senders, not VIEW-CHANGEs.

(*****************************************************************************)
(* A request is known by its client and timestamp; a faulty client may sign  *)
(* two with the same.  What gets a sequence number is a batch of requests;   *)
(* the empty batch is the null request.  A model gives these sets bounds.    *)
(*****************************************************************************)
View      == Nat
Seqno     == Nat \ {0}
Timestamp == Nat \ {0}
Request   == [client : Client, timestamp : Timestamp, operation : Operation]
Batch     == Seq(Request)
Null      == <<>>

ASSUME ProtocolAssumption == /\ Interval \in Nat \ {0}
                             /\ LogSize \in Nat
                             /\ DroppedGuards \subseteq Guards

(*****************************************************************************)
(* The service appends requests to a history and answers with the number of  *)
(* entries; so a state tells all that has ever been executed.                *)
(*****************************************************************************)
State  == Seq(Request)
Result == Nat

Executed(state, c) == {state[k].timestamp : k \in {k \in DOMAIN state :
                                                     state[k].client = c}}

(*****************************************************************************)
(* A request is executed unless this or a later one of its client has been.  *)
(*****************************************************************************)
IsNew(state, r) ==
  Kept("ExecuteOnce") =>
    \A t \in Executed(state, r.client) : t < r.timestamp

RECURSIVE Apply(_, _)
Apply(state, batch) ==
  IF batch = <<>>
    THEN state
    ELSE Apply(IF IsNew(state, Head(batch)) THEN Append(state, Head(batch))
                                            ELSE state, Tail(batch))
-----------------------------------------------------------------------------
(*****************************************************************************)
(* The messages.  In `prepared' a VIEW-CHANGE lists the <<view, seqno,       *)
(* batch>> for which it carries proofs, in `stable' the checkpoint for which *)
(* it does; a NEW-VIEW carries the VIEW-CHANGEs it rests on, and the batches *)
(* that it orders, from behind the latest checkpoint among them on.          *)
(*****************************************************************************)
PrePrepare(v, n, b) == [type |-> "PRE-PREPARE", view |-> v, seqno |-> n,
                        batch |-> b, sender |-> Primary(v)]

Prepare(i, v, n, b) == [type |-> "PREPARE", view |-> v, seqno |-> n,
                        batch |-> b, sender |-> i]

Commit(i, v, n, b) == [type |-> "COMMIT", view |-> v, seqno |-> n,
                       batch |-> b, sender |-> i]

CheckpointOf(i, n, state) == [type |-> "CHECKPOINT", seqno |-> n,
                              state |-> state, sender |-> i]

ViewChange(i, v, n, P) == [type |-> "VIEW-CHANGE", view |-> v, stable |-> n,
                           prepared |-> P, sender |-> i]

NewView(v, V, order) == [type |-> "NEW-VIEW", view |-> v, changes |-> V,
                         order |-> order, sender |-> Primary(v)]

Reply(i, r, result) == [type |-> "REPLY", client |-> r.client,
                        timestamp |-> r.timestamp, result |-> result,
                        sender |-> i]

-----------------------------------------------------------------------------
VARIABLES
  requests,      \* The set of all requests that clients have signed.
  answers,       \* The set of all [request, result] that clients believe.
  view,          \* view[i] is the view of the correct replica i.
  active,        \* active[i] is FALSE from its VIEW-CHANGE to its NEW-VIEW.
  low,           \* low[i] is the low water mark of i, its stable checkpoint.
  executed,      \* executed[i] is the last sequence number that i executed,
  history,       \* history[i] is its state after that.
  messages       \* The set of all messages that correct replicas have sent.

clientVars == <<requests, answers>>
stateVars  == <<executed, history>>
vars == <<requests, answers, view, active, low, executed, history, messages>>

Ballot == View \X Seqno \X Batch

BatchMessage ==
  [type : {"PRE-PREPARE", "PREPARE", "COMMIT"}, view : View, seqno : Seqno,
   batch : Batch, sender : Correct]

CheckpointMessage ==
  [type : {"CHECKPOINT"}, seqno : Seqno, state : State, sender : Correct]

ViewChangeMessage ==
  [type : {"VIEW-CHANGE"}, view : View, stable : {0} \cup Seqno,
   prepared : SUBSET Ballot, sender : Replica]

NewViewMessage ==
  [type : {"NEW-VIEW"}, view : View, changes : SUBSET ViewChangeMessage,
   order : UNION {[m..n -> Batch] : m \in Seqno, n \in {0} \cup Seqno},
   sender : Correct]

ReplyMessage ==
  [type : {"REPLY"}, client : Client, timestamp : Timestamp,
   result : Result, sender : Correct]

TypeOK ==
  /\ requests \subseteq Request
  /\ answers \subseteq [request : Request, result : Result]
  /\ view \in [Correct -> View]
  /\ active \in [Correct -> BOOLEAN]
  /\ low \in [Correct -> {0} \cup Seqno]
  /\ executed \in [Correct -> {0} \cup Seqno]
  /\ history \in [Correct -> State]
  /\ \A m \in messages : \/ m \in BatchMessage
                         \/ m \in CheckpointMessage
                         \/ m \in ViewChangeMessage
                         \/ m \in NewViewMessage
                         \/ m \in ReplyMessage

Entries(i, types) == {m \in messages : m.sender = i /\ m.type \in types}
  (***************************************************************************)
  (* The messages of these types that i has sent.                            *)
  (***************************************************************************)

Exists(m) == m.sender \in Byzantine \/ m \in messages
  (***************************************************************************)
  (* True iff there is, or can be, the message m.                            *)
  (***************************************************************************)

Init ==
  /\ requests = {}
  /\ answers = {}
  /\ view = [i \in Correct |-> 0]
  /\ active = [i \in Correct |-> TRUE]
  /\ low = [i \in Correct |-> 0]
  /\ executed = [i \in Correct |-> 0]
  /\ history = [i \in Correct |-> <<>>]
  /\ messages = {}
-----------------------------------------------------------------------------
(*****************************************************************************)
(* Clients.                                                                  *)
(*                                                                           *)
(* A client signs the request r, or sends it again.                          *)
(*****************************************************************************)
SendRequest(r) ==
  /\ requests' = requests \cup {r}
  /\ UNCHANGED <<answers, view, active, low, stateVars, messages>>

(*****************************************************************************)
(* A client believes a result that enough different replicas tell it.        *)
(*****************************************************************************)
AcceptReply(r, result) ==
  /\ r \in requests
  /\ \A a \in answers : a.request # r
  /\ Cardinality({i \in Replica : Exists(Reply(i, r, result))})
       >= IF Dropped("WeakReplies") THEN WeakQuorum - 1 ELSE WeakQuorum
  /\ answers' = answers \cup {[request |-> r, result |-> result]}
  /\ UNCHANGED <<requests, view, active, low, stateVars, messages>>
-----------------------------------------------------------------------------
(*****************************************************************************)
(* Normal operation ([O] section 4.2).                                       *)
(*                                                                           *)
(* The sequence numbers that i remembers to have voted for in its view.      *)
(*****************************************************************************)
VotedAt(i) ==
  {m.seqno : m \in {m \in Entries(i, {"PRE-PREPARE", "PREPARE"}) :
                      m.view = view[i] /\ m.seqno > low[i]}}

InWindow(i, n) == low[i] < n /\ n <= low[i] + LogSize

Signed(batch) == \A k \in DOMAIN batch : batch[k] \in requests

(*****************************************************************************)
(* The primary gives a batch the next sequence number.                       *)
(*****************************************************************************)
SendPrePrepare(i, n, b) ==
  /\ i = Primary(view[i])
  /\ active[i]
  /\ n = MaxOf(VotedAt(i) \cup {low[i]}) + 1
  /\ InWindow(i, n)
  /\ b # Null
  /\ Signed(b)
  /\ messages' = messages \cup {PrePrepare(view[i], n, b)}
  /\ UNCHANGED <<clientVars, view, active, low, stateVars>>

(*****************************************************************************)
(* A backup accepts it, unless it has accepted another, and sends PREPARE.   *)
(*****************************************************************************)
AcceptPrePrepare(i, n, b) ==
  /\ i # Primary(view[i])
  /\ active[i]
  /\ InWindow(i, n)
  /\ n \notin VotedAt(i)
  /\ b # Null
  /\ Kept("RequestsSigned") => Signed(b)
  /\ Exists(PrePrepare(view[i], n, b))
  /\ messages' = messages \cup {Prepare(i, view[i], n, b)}
  /\ UNCHANGED <<clientVars, view, active, low, stateVars>>

(*****************************************************************************)
(* It can be shown that b was prepared at n in view v: the PRE-PREPARE, and  *)
(* PREPAREs of as many different backups as make a quorum with the primary.  *)
(*****************************************************************************)
Prepared(v, n, b) ==
  /\ Exists(PrePrepare(v, n, b))
  /\ Cardinality({i \in Replica \ {Primary(v)} : Exists(Prepare(i, v, n, b))})
       >= Quorum - 1

(*****************************************************************************)
(* i has prepared b, and sends COMMIT.                                       *)
(*****************************************************************************)
SendCommit(i, n, b) ==
  /\ active[i]
  /\ InWindow(i, n)
  /\ \/ PrePrepare(view[i], n, b) \in Entries(i, {"PRE-PREPARE"})
     \/ Prepare(i, view[i], n, b) \in messages
  /\ Commit(i, view[i], n, b) \notin messages
  /\ Prepared(view[i], n, b)
  /\ messages' = messages \cup {Commit(i, view[i], n, b)}
  /\ UNCHANGED <<clientVars, view, active, low, stateVars>>

(*****************************************************************************)
(* There are COMMITs of a quorum for b.                                      *)
(*****************************************************************************)
Committed(v, n, b) ==
  Cardinality({i \in Replica : Exists(Commit(i, v, n, b))}) >= Quorum

(*****************************************************************************)
(* i executes what is committed at n, once it has executed all before, and   *)
(* replies to the clients.  It has sent COMMIT for it itself.                *)
(*****************************************************************************)
Execute(i, n) ==
  /\ n > low[i]
  /\ IF Kept("ExecuteInOrder") THEN n = executed[i] + 1 ELSE n > executed[i]
  /\ \E m \in Entries(i, {"COMMIT"}) :
        /\ m.seqno = n
        /\ Committed(m.view, n, m.batch)
        /\ LET state == Apply(history[i], m.batch)
               fresh == (Len(history[i]) + 1)..Len(state)
           IN  /\ history' = [history EXCEPT ![i] = state]
               /\ messages' = messages \cup
                                {Reply(i, state[k], k) : k \in fresh}
  /\ executed' = [executed EXCEPT ![i] = n]
  /\ UNCHANGED <<clientVars, view, active, low>>
-----------------------------------------------------------------------------
(*****************************************************************************)
(* Checkpoints and garbage collection ([O] section 4.3).                     *)
(*                                                                           *)
(* i has just executed n, where a checkpoint is due.                         *)
(*****************************************************************************)
TakeCheckpoint(i, n) ==
  /\ n = executed[i]
  /\ n > low[i]
  /\ n % Interval = 0
  /\ CheckpointOf(i, n, history[i]) \notin messages
  /\ messages' = messages \cup {CheckpointOf(i, n, history[i])}
  /\ UNCHANGED <<clientVars, view, active, low, stateVars>>

(*****************************************************************************)
(* It can be shown that a quorum has this state at n.                        *)
(*****************************************************************************)
Stable(n, state) ==
  Cardinality({i \in Replica : Exists(CheckpointOf(i, n, state))})
    >= IF Dropped("CheckpointQuorum") THEN WeakQuorum - 1 ELSE Quorum

(*****************************************************************************)
(* The states that can be said to be those at n: those that a correct        *)
(* replica has said, and to show what happens if that is not needed, one     *)
(* where nothing has been executed.                                          *)
(*****************************************************************************)
StatesAt(n) ==
  {m.state : m \in {m \in messages : m.type = "CHECKPOINT" /\ m.seqno = n}}
    \cup IF Dropped("CheckpointQuorum") THEN {<<>>} ELSE {}

(*****************************************************************************)
(* The checkpoint of i at n has become stable.                               *)
(*****************************************************************************)
CollectGarbage(i, n) ==
  /\ n > low[i]
  /\ \E state \in StatesAt(n) : /\ CheckpointOf(i, n, state) \in messages
                                /\ Stable(n, state)
  /\ low' = [low EXCEPT ![i] = n]
  /\ UNCHANGED <<clientVars, view, active, stateVars, messages>>

(*****************************************************************************)
(* i has not come as far as n.  It fetches the state there, and believes it  *)
(* because a quorum has it.                                                  *)
(*****************************************************************************)
TransferState(i, n) ==
  /\ n > executed[i]
  /\ n >= low[i]
  /\ \E state \in StatesAt(n) : /\ Stable(n, state)
                                /\ history' = [history EXCEPT ![i] = state]
  /\ executed' = [executed EXCEPT ![i] = n]
  /\ low' = [low EXCEPT ![i] = n]
  /\ UNCHANGED <<clientVars, view, active, messages>>
-----------------------------------------------------------------------------
(*****************************************************************************)
(* View changes ([O] section 4.4).                                           *)
(*                                                                           *)
(* What i reports: for each number behind its checkpoint what it prepared    *)
(* last.                                                                     *)
(*****************************************************************************)
Reports(i) ==
  LET commits == {m \in Entries(i, {"COMMIT"}) : m.seqno > low[i]}
  IN  {<<m.view, m.seqno, m.batch>> :
         m \in {m \in commits : \A o \in commits :
                                   o.seqno = m.seqno => o.view <= m.view}}

(*****************************************************************************)
(* i gives up its view, for a later one: it has waited for too long, or F +  *)
(* 1 others did.                                                             *)
(*****************************************************************************)
SendViewChange(i, v) ==
  /\ v > view[i]
  /\ view' = [view EXCEPT ![i] = v]
  /\ active' = [active EXCEPT ![i] = FALSE]
  /\ messages' = messages \cup {ViewChange(i, v, low[i], Reports(i))}
  /\ UNCHANGED <<clientVars, low, stateVars>>

(*****************************************************************************)
(* What can be shown to have been prepared before view v.                    *)
(*****************************************************************************)
Provable(v) ==
  LET votes == {m \in messages : /\ m.type \in {"PRE-PREPARE", "PREPARE"}
                                 /\ m.view < v}
  IN  {b \in {<<m.view, m.seqno, m.batch>> : m \in votes} :
         Prepared(b[1], b[2], b[3]) \/ Dropped("ProofQuorum")}

Checkpoints ==
  {0} \cup {m.seqno : m \in {m \in messages : /\ m.type = "CHECKPOINT"
                                              /\ Stable(m.seqno, m.state)}}

(*****************************************************************************)
(* The VIEW-CHANGEs for view v that are accepted: faulty replicas may report *)
(* and leave out what they like, but what they report they must prove.       *)
(*****************************************************************************)
ViewChanges(v) ==
  {m \in messages : m.type = "VIEW-CHANGE" /\ m.view = v}
    \cup [type : {"VIEW-CHANGE"}, view : {v}, stable : Checkpoints,
          prepared : SUBSET Provable(v), sender : Byzantine]

(*****************************************************************************)
(* The sets of VIEW-CHANGEs that a NEW-VIEW for view v may rest on.          *)
(*****************************************************************************)
Proofs(v) ==
  {V \in SUBSET ViewChanges(v) :
     LET senders == {m.sender : m \in V}
     IN  IF Dropped("DistinctSenders")
           THEN Cardinality(V) >= Quorum
           ELSE /\ Cardinality(senders) >= Quorum
                /\ Cardinality(senders) = Cardinality(V)}

(*****************************************************************************)
(* The latest checkpoint in V; and what V says is to be ordered behind it:   *)
(* at each number the batch that was prepared there in the latest view, and  *)
(* the null request where none was, up to the last where one was.            *)
(*****************************************************************************)
Base(V) == MaxOf({m.stable : m \in V})

Orders(V) ==
  LET reported == {b \in UNION {m.prepared : m \in V} : b[2] > Base(V)}
      last     == MaxOf({b[2] : b \in reported} \cup {Base(V)})
      latest(n) == {b \in reported : /\ b[2] = n
                                     /\ \A c \in reported :
                                           c[2] = n => c[1] <= b[1]}
      choices(n) == IF latest(n) = {} THEN {Null} ELSE {b[3] : b \in latest(n)}
  IN  {order \in [(Base(V) + 1)..last ->
                    UNION {choices(n) : n \in (Base(V) + 1)..last}] :
         \A n \in DOMAIN order : order[n] \in choices(n)}

Mark(i, V) == MaxOf({low[i], Base(V)})

(*****************************************************************************)
(* The primary of a view announces it, with its own VIEW-CHANGE among those  *)
(* that the view rests on.                                                   *)
(*****************************************************************************)
SendNewView(i, V, order) ==
  /\ i = Primary(view[i])
  /\ ~ active[i]
  /\ \E m \in V : m.sender = i
  /\ active' = [active EXCEPT ![i] = TRUE]
  /\ low' = [low EXCEPT ![i] = Mark(i, V)]
  /\ messages' = messages \cup {NewView(view[i], V, order)}
       \cup {PrePrepare(view[i], n, order[n]) :
               n \in DOMAIN order \ 1..Mark(i, V)}
  /\ UNCHANGED <<clientVars, view, stateVars>>

(*****************************************************************************)
(* A backup accepts it, after it has computed itself what V says, and sends  *)
(* PREPARE for all that is ordered.                                          *)
(*****************************************************************************)
AcceptNewView(i, v, V, order) ==
  /\ i # Primary(v)
  /\ v > view[i] \/ (v = view[i] /\ ~ active[i])
  /\ Exists(NewView(v, V, order))
  /\ view' = [view EXCEPT ![i] = v]
  /\ active' = [active EXCEPT ![i] = TRUE]
  /\ low' = [low EXCEPT ![i] = Mark(i, V)]
  /\ messages' = messages \cup
       {Prepare(i, v, n, order[n]) : n \in DOMAIN order \ 1..Mark(i, V)}
  /\ UNCHANGED <<clientVars, stateVars>>

(*****************************************************************************)
(* What a NEW-VIEW for view v can rest on as far as backups can see.         *)
(*****************************************************************************)
Announced(v) ==
  IF Primary(v) \in Correct
    THEN {m.changes : m \in {m \in messages : /\ m.type = "NEW-VIEW"
                                              /\ m.view = v}}
    ELSE Proofs(v)
-----------------------------------------------------------------------------
Next ==
  \/ \E r \in Request : SendRequest(r)
  \/ \E r \in requests, result \in Result : AcceptReply(r, result)
  \/ \E i \in Correct, n \in Seqno, b \in Batch : SendPrePrepare(i, n, b)
  \/ \E i \in Correct, n \in Seqno, b \in Batch : AcceptPrePrepare(i, n, b)
  \/ \E i \in Correct, n \in Seqno, b \in Batch : SendCommit(i, n, b)
  \/ \E i \in Correct, n \in Seqno : Execute(i, n)
  \/ \E i \in Correct, n \in Seqno : TakeCheckpoint(i, n)
  \/ \E i \in Correct, n \in Seqno : CollectGarbage(i, n)
  \/ \E i \in Correct, n \in Seqno : TransferState(i, n)
  \/ \E i \in Correct, v \in View : SendViewChange(i, v)
  \/ \E i \in Correct : \E V \in Proofs(view[i]) : \E order \in Orders(V) :
        SendNewView(i, V, order)
  \/ \E i \in Correct, v \in View \ {0} : \E V \in Announced(v) :
        \E order \in Orders(V) : AcceptNewView(i, v, V, order)

Spec == Init /\ [][Next]_vars
-----------------------------------------------------------------------------
(*****************************************************************************)
(* The refinement mapping: what the variables of PBFTCore are here.          *)
(*****************************************************************************)
Ballots(i, types) == {<<m.view, m.seqno, m.batch>> : m \in Entries(i, types)}

coreVotes    == [i \in Correct |-> Ballots(i, {"PRE-PREPARE", "PREPARE"})]
coreCommits  == [i \in Correct |-> Ballots(i, {"COMMIT"})]
coreLate     == [i \in Correct |-> {}]
coreNewViews == {[view |-> m.view, base |-> Base(m.changes),
                  order |-> m.order] :
                   m \in {m \in messages : m.type = "NEW-VIEW"}}
-----------------------------------------------------------------------------
(*****************************************************************************)
(* Properties, besides those of PBFTCore.                                    *)
(*****************************************************************************)
IsPrefix(s, t) == Len(s) <= Len(t) /\ \A k \in 1..Len(s) : s[k] = t[k]

(*****************************************************************************)
(* Agreement: what a replica has executed, others execute in the same order. *)
(*****************************************************************************)
Agreement ==
  \A i, j \in Correct :
     executed[i] <= executed[j] => IsPrefix(history[i], history[j])

(*****************************************************************************)
(* Validity: only what a client has signed is executed.                      *)
(*****************************************************************************)
Validity ==
  \A i \in Correct : \A k \in DOMAIN history[i] : history[i][k] \in requests

(*****************************************************************************)
(* No two requests of one client are executed with one timestamp.            *)
(*****************************************************************************)
ExactlyOnce ==
  \A i \in Correct : \A k, l \in DOMAIN history[i] :
     (/\ history[i][k].client = history[i][l].client
      /\ history[i][k].timestamp = history[i][l].timestamp)
       => k = l

(*****************************************************************************)
(* What a client believes is what a correct replica has told it.             *)
(*****************************************************************************)
AnswersTrue ==
  \A a \in answers :
     \E i \in Correct : Reply(i, a.request, a.result) \in messages

(*****************************************************************************)
(* The checkpoints that can be shown to be stable are what was executed.     *)
(*****************************************************************************)
CheckpointSafety ==
  \A m \in messages :
     m.type = "CHECKPOINT" =>
       \A state \in StatesAt(m.seqno) :
          Stable(m.seqno, state) => state = m.state

(*****************************************************************************)
(* The water marks do not pass each other, nor does a checkpoint lie beyond  *)
(* what correct replicas have executed.                                      *)
(*****************************************************************************)
WaterMarks ==
  \A i \in Correct :
     /\ low[i] % Interval = 0
     /\ low[i] > 0 => Cardinality({j \in Correct : executed[j] >= low[i]})
                        >= WeakQuorum
     /\ \A n \in VotedAt(i) : n <= low[i] + LogSize
-----------------------------------------------------------------------------
(*****************************************************************************)
(* Witnesses: each says of something that ought to happen that it does not,  *)
(* and has to be violated, lest the properties hold because nothing does.    *)
(*****************************************************************************)
NothingAnswered == answers = {}

NothingCollected == \A i \in Correct : low[i] = 0

NothingFetched ==
  [][\A i \in Correct : executed'[i] > executed[i] => low'[i] = low[i]]_vars

(*****************************************************************************)
(* No request that was prepared in a view is executed in a later one.        *)
(*****************************************************************************)
NothingSurvives ==
  \A m \in messages :
     m.type = "NEW-VIEW" =>
       \A n \in DOMAIN m.order : ~ Committed(m.view, n, m.order[n])
=============================================================================
