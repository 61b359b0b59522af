------------------------------ MODULE PBFTCore ------------------------------
(*****************************************************************************)
(* This is the core of PBFT, Practical Byzantine Fault Tolerance: how a set  *)
(* of replicas, of which fewer than a third may be faulty, agree on which    *)
(* request has which sequence number.  They work in views.  The primary of a *)
(* view proposes; the others, its backups, vote for what it proposes; what a *)
(* quorum voted for is prepared, and what a quorum has prepared is           *)
(* committed.  When a view makes no progress they go on to the next, whose   *)
(* primary must propose again what may have been committed.                  *)
(*                                                                           *)
(* Sources:                                                                  *)
(*                                                                           *)
(*   [O]  M. Castro, B. Liskov.  Practical Byzantine Fault Tolerance.        *)
(*        OSDI 1999.                                                         *)
(*   [T]  M. Castro, B. Liskov.  Practical Byzantine Fault Tolerance and     *)
(*        Proactive Recovery.  ACM TOCS 20(4), 2002.                         *)
(*                                                                           *)
(* There are no messages here.  What a correct replica has said it has said  *)
(* to everybody: `votes' and `commits' only grow, and any of it may have     *)
(* reached any replica or not, as an action needs it or not.  A faulty       *)
(* replica has no state: it may have said anything to anybody, so it         *)
(* supports whatever it is asked to support.  What it cannot do is sign for  *)
(* others.  So a certificate, that is, equal messages of enough different    *)
(* replicas, can exist iff enough different replicas are either faulty or    *)
(* have said it.  No guard ever becomes false by something being said, which *)
(* is why no message need be remembered.                                     *)
(*                                                                           *)
(* A VIEW-CHANGE of a correct replica for view v exists iff the replica has  *)
(* reached v; what it reports is what the replica had prepared in earlier    *)
(* views, where it says nothing more.                                        *)
(*                                                                           *)
(* PBFT.tla is the protocol with messages, and implements this one.  This is *)
(* a specification of safety; no fairness is assumed.                        *)
(*****************************************************************************)
EXTENDS PBFTReplicas
-----------------------------------------------------------------------------
CONSTANTS
  Value,         \* The set of requests that clients may ask for.
  Null,          \* The request that does nothing.
  MaxView,       \* The views are 0..MaxView,
  MaxSeqno,      \*   the sequence numbers 1..MaxSeqno.
  Checkpoint     \* The sequence numbers at which replicas take checkpoints.

(*****************************************************************************)
(* The rules of this specification: see PBFTReplicas.                        *)
(*****************************************************************************)
CoreGuards ==
  { \* Certificates
    "QuorumOfAll",      \* A quorum depends on how many replicas there are.
    "CommitQuorum",     \* A quorum commits.
    "PrimaryNoBackup",  \* The primary is none of the backups that prepare.
    "SameDigest",       \* Only votes for the same request count together.
    \* What a replica says in a view
    "VoteOnce",         \* A backup votes once for each sequence number,
    "EnterFirst",       \*   and not before it has accepted the NEW-VIEW.
    "StopInOldView",    \* It commits in no view that it has left.
    \* View changes
    "NewViewQuorum",    \* A NEW-VIEW rests on VIEW-CHANGEs of a quorum.
    "ReportsCount",     \* What they report as prepared is proposed again.
    "ReportsProven",    \* A report proves that it was prepared.
    "HighestView",      \* Of reports that differ the latest view's counts.
    "NullFill",         \* A gap is filled by a request that does nothing.
    "BackupsCheck",     \* Backups check that the primary did all this.
    \* Garbage collection
    "LowMark" }         \* Nothing is accepted for what has been collected.

View   == 0..MaxView
Seqno  == 1..MaxSeqno
Digest == Value \cup {Null}

ASSUME CoreAssumption == /\ IsFiniteSet(Value)
                         /\ Null \notin Value
                         /\ MaxView \in Nat
                         /\ MaxSeqno \in Nat
                         /\ Checkpoint \subseteq Seqno
-----------------------------------------------------------------------------
VARIABLES
  view,       \* view[i] is the view of the correct replica i.
  active,     \* active[i] is FALSE from its VIEW-CHANGE to its NEW-VIEW.
  votes,      \* votes[i] is the set of all <<v, n, d>> such that i voted for d
              \*   at n in view v: by its PRE-PREPARE if it is the primary of
              \*   v, else by its PREPARE.
  commits,    \* commits[i] is the set of all <<v, n, d>> for which i has sent
              \*   COMMIT, which it does when it has prepared d.
  late,       \* late[i] are COMMITs that i sent after it had left the view:
              \*   there are none, unless a model drops StopInOldView.
  newViews,   \* The set of all [view, base, order] that the correct primaries
              \*   have announced: see NewViews.
  low         \* low[i] is the low water mark of i, its last stable checkpoint.

replicaVars == <<view, active>>
coreVars == <<view, active, votes, commits, late, newViews, low>>

Ballot == View \X Seqno \X Digest

NewView == [view : View, base : {0} \cup Checkpoint,
            order : UNION {[m..n -> Digest] : m \in 1..(MaxSeqno + 1),
                                              n \in 0..MaxSeqno}]

CoreTypeOK ==
  /\ view \in [Correct -> View]
  /\ active \in [Correct -> BOOLEAN]
  /\ votes \in [Correct -> SUBSET Ballot]
  /\ commits \in [Correct -> SUBSET Ballot]
  /\ late \in [Correct -> SUBSET Ballot]
  /\ newViews \subseteq NewView
  /\ low \in [Correct -> {0} \cup Checkpoint]
-----------------------------------------------------------------------------
(*****************************************************************************)
(* Certificates.                                                             *)
(*                                                                           *)
(* The replicas that have voted for d, or may say so.                        *)
(*****************************************************************************)
Voters(v, n, d) ==
  Byzantine \cup
    {i \in Correct : IF Dropped("SameDigest")
                       THEN \E e \in Digest : <<v, n, e>> \in votes[i]
                       ELSE <<v, n, d>> \in votes[i]}

(*****************************************************************************)
(* d can be shown to be prepared at n in view v: there are the PRE-PREPARE   *)
(* of the primary and the PREPAREs of backups that make a quorum with it     *)
(* ([O] section 4.2).                                                        *)
(*****************************************************************************)
Prepared(v, n, d) ==
  LET voters  == Voters(v, n, d)
      backups == IF Dropped("PrimaryNoBackup") THEN voters
                                               ELSE voters \ {Primary(v)}
  IN  /\ Primary(v) \in voters
      /\ Cardinality(backups) >= Quorum - 1

Committers(v, n, d) ==
  {i \in Correct : <<v, n, d>> \in commits[i] \cup late[i]}

(*****************************************************************************)
(* d can be shown to be committed at n in view v, by COMMITs of a quorum.    *)
(*****************************************************************************)
Committed(v, n, d) ==
  Cardinality(Committers(v, n, d) \cup Byzantine)
    >= IF Dropped("CommitQuorum") THEN Quorum - 1 ELSE Quorum

(*****************************************************************************)
(* All sequence numbers up to m are committed, so that a checkpoint at m can *)
(* have become stable: PBFTCheckpoint tells of how it does.                  *)
(*****************************************************************************)
Settled(m) ==
  \A n \in 1..m : \E v \in View, d \in Digest : Committed(v, n, d)

SettledBases == {0} \cup {m \in Checkpoint : Settled(m)}
-----------------------------------------------------------------------------
(*****************************************************************************)
(* Normal operation ([O] section 4.2).                                       *)
(*                                                                           *)
(* The sequence numbers for which i has voted in its view.                   *)
(*****************************************************************************)
VotedAt(i) == {n \in Seqno : \E d \in Digest : <<view[i], n, d>> \in votes[i]}

(*****************************************************************************)
(* The primary of a view gives the request d the next sequence number.       *)
(*****************************************************************************)
Propose(i, n, d) ==
  /\ i = Primary(view[i])
  /\ active[i]
  /\ n = MaxOf(VotedAt(i) \cup {low[i]}) + 1
  /\ votes' = [votes EXCEPT ![i] = @ \cup {<<view[i], n, d>>}]
  /\ UNCHANGED <<view, active, commits, late, newViews, low>>

(*****************************************************************************)
(* A backup votes for what the primary of its view proposes.  Of what it has *)
(* collected it does not remember whether it voted.                          *)
(*****************************************************************************)
Vote(i, n, d) ==
  /\ i # Primary(view[i])
  /\ Kept("EnterFirst") => active[i]
  /\ Primary(view[i]) \in Voters(view[i], n, d)
  /\ Kept("VoteOnce") => n \notin VotedAt(i) \ 1..low[i]
  /\ Kept("LowMark") => n > low[i]
  /\ votes' = [votes EXCEPT ![i] = @ \cup {<<view[i], n, d>>}]
  /\ UNCHANGED <<view, active, commits, late, newViews, low>>

(*****************************************************************************)
(* A replica has prepared d in its view v, and says so by COMMIT.            *)
(*****************************************************************************)
Commit(i, v, n, d) ==
  /\ Kept("StopInOldView") => v = view[i] /\ active[i]
  /\ <<v, n, d>> \in votes[i] \ (commits[i] \cup late[i])
  /\ Prepared(v, n, d)
  /\ IF v = view[i]
       THEN /\ commits' = [commits EXCEPT ![i] = @ \cup {<<v, n, d>>}]
            /\ UNCHANGED late
       ELSE /\ late' = [late EXCEPT ![i] = @ \cup {<<v, n, d>>}]
            /\ UNCHANGED commits
  /\ UNCHANGED <<view, active, votes, newViews, low>>

(*****************************************************************************)
(* A checkpoint of i at m has become stable: it forgets what lies behind.    *)
(*****************************************************************************)
Collect(i, m) ==
  /\ m > low[i]
  /\ Settled(m)
  /\ low' = [low EXCEPT ![i] = m]
  /\ UNCHANGED <<view, active, votes, commits, late, newViews>>
-----------------------------------------------------------------------------
(*****************************************************************************)
(* View changes ([O] section 4.4).                                           *)
(*                                                                           *)
(* A replica may give up its view at any time, for any later view.           *)
(*****************************************************************************)
ViewChange(i, v) ==
  /\ v > view[i]
  /\ view' = [view EXCEPT ![i] = v]
  /\ active' = [active EXCEPT ![i] = FALSE]
  /\ UNCHANGED <<votes, commits, late, newViews, low>>

(*****************************************************************************)
(* What the VIEW-CHANGE of the correct replica i for view v reports: what it *)
(* had prepared.  What that of a faulty replica can report: whatever can be  *)
(* proven to have been prepared.                                             *)
(*****************************************************************************)
Reports(i, v) == {b \in commits[i] : b[1] < v}

Claims(v) ==
  {b \in (0..(v - 1)) \X Seqno \X Digest :
     Prepared(b[1], b[2], b[3]) \/ Dropped("ReportsProven")}

(*****************************************************************************)
(* All that 2F + 1 VIEW-CHANGEs for view v may together report.              *)
(*****************************************************************************)
Reported(v) ==
  LET arrived == {i \in Correct : view[i] >= v}
      needed  == IF Dropped("NewViewQuorum") THEN Quorum - 1 ELSE Quorum
      claimed == IF Byzantine = {} THEN {{}} ELSE SUBSET Claims(v)
  IN  {UNION {Reports(i, v) : i \in senders} \cup claims :
         senders \in {S \in SUBSET arrived :
                        Cardinality(S \cup Byzantine) >= needed},
         claims \in claimed}

(*****************************************************************************)
(* The digests that may be proposed at n if R has been reported: that of the *)
(* latest view in which one was prepared.  There is only one.                *)
(*****************************************************************************)
Choices(R, n) ==
  LET here == {b \in R : b[2] = n}
  IN  IF here = {} THEN {Null}
        ELSE {b[3] : b \in {b \in here : \/ \A c \in here : c[1] <= b[1]
                                         \/ Dropped("HighestView")}}

(*****************************************************************************)
(* The assignments O of digests to sequence numbers with which view v may    *)
(* begin if R has been reported and the latest checkpoint among what was     *)
(* sent is `base'.  Up to the last number at which anything was prepared     *)
(* there is no gap: what was not prepared is filled by Null.                 *)
(*****************************************************************************)
Orders(R, base) ==
  LET numbers == {b[2] : b \in R} \ 1..base
      covered == IF Dropped("NullFill") THEN numbers
                                        ELSE (base + 1)..MaxOf(numbers)
  IN  IF numbers = {} \/ Dropped("ReportsCount")
        THEN {<<>>}
        ELSE {order \in [covered -> Digest] :
                \A n \in covered : order[n] \in Choices(R, n)}

(*****************************************************************************)
(* The NEW-VIEWs for view v that backups accept, if `bases' are checkpoints  *)
(* that can be shown to be stable, 0 among them.                             *)
(*****************************************************************************)
NewViews(v, bases) ==
  LET reported == Reported(v)
  IN  UNION {{[view |-> v, base |-> base, order |-> order] :
                order \in UNION {Orders(R, base) : R \in reported}} :
             base \in bases}

(*****************************************************************************)
(* Replica i begins view m.view, with a vote for all that m orders.          *)
(*****************************************************************************)
Enter(i, m) ==
  LET mark == MaxOf({low[i], m.base})
  IN  /\ view' = [view EXCEPT ![i] = m.view]
      /\ active' = [active EXCEPT ![i] = TRUE]
      /\ low' = [low EXCEPT ![i] = mark]
      /\ votes' = [votes EXCEPT ![i] = @ \cup
                     {<<m.view, n, m.order[n]>> : n \in DOMAIN m.order \ 1..mark}]
      /\ UNCHANGED <<commits, late>>

(*****************************************************************************)
(* The primary of a view announces how it begins.  It does so once.          *)
(*****************************************************************************)
Announce(i, bases) ==
  /\ i = Primary(view[i])
  /\ ~ active[i]
  /\ \E m \in NewViews(view[i], bases) : /\ Enter(i, m)
                                 /\ newViews' = newViews \cup {m}

(*****************************************************************************)
(* What backups can be brought to accept: what a correct primary has         *)
(* announced; of a faulty one, anything that can be shown to be right.       *)
(*****************************************************************************)
Acceptable(v, bases) ==
  IF Primary(v) \in Correct
    THEN {m \in newViews : m.view = v}
    ELSE IF Dropped("BackupsCheck") THEN {m \in NewView : m.view = v}
                                    ELSE NewViews(v, bases)

(*****************************************************************************)
(* A backup accepts the beginning of its view, or of a later one.            *)
(*****************************************************************************)
Accept(i, v, bases) ==
  /\ i # Primary(v)
  /\ v > view[i] \/ (v = view[i] /\ ~ active[i])
  /\ \E m \in Acceptable(v, bases) : Enter(i, m)
  /\ UNCHANGED newViews
-----------------------------------------------------------------------------
CoreInit ==
  /\ view = [i \in Correct |-> 0]
  /\ active = [i \in Correct |-> TRUE]
  /\ votes = [i \in Correct |-> {}]
  /\ commits = [i \in Correct |-> {}]
  /\ late = [i \in Correct |-> {}]
  /\ newViews = {}
  /\ low = [i \in Correct |-> 0]

CoreNext ==
  \/ \E i \in Correct, n \in Seqno, d \in Value : Propose(i, n, d)
  \/ \E i \in Correct, n \in Seqno, d \in Value : Vote(i, n, d)
  \/ \E i \in Correct, v \in View, n \in Seqno, d \in Digest :
        Commit(i, v, n, d)
  \/ \E i \in Correct, m \in Checkpoint : Collect(i, m)
  \/ \E i \in Correct, v \in View : ViewChange(i, v)
  \/ \E i \in Correct : Announce(i, SettledBases)
  \/ \E i \in Correct, v \in View : Accept(i, v, SettledBases)

CoreSpec == CoreInit /\ [][CoreNext]_coreVars
-----------------------------------------------------------------------------
(*****************************************************************************)
(* Properties.                                                               *)
(*                                                                           *)
(* Agreement: no two different requests are ever committed at one sequence   *)
(* number.                                                                   *)
(*****************************************************************************)
Agreement ==
  \A n \in Seqno :
     Cardinality({d \in Digest : \E v \in View : Committed(v, n, d)}) <= 1

(*****************************************************************************)
(* A correct replica votes for one request at each sequence number of a      *)
(* view, so that only one can be prepared there.                             *)
(*****************************************************************************)
VoteUnique ==
  \A i \in Correct : \A b, c \in votes[i] :
     b[1] = c[1] /\ b[2] = c[2] => b[3] = c[3]

PreparedUnique ==
  \A v \in View, n \in Seqno :
     Cardinality({d \in Digest : Prepared(v, n, d)}) <= 1

(*****************************************************************************)
(* What has been committed in a view is all that correct replicas vote for   *)
(* in later ones.  From this and PreparedUnique follows Agreement.           *)
(*****************************************************************************)
ChosenSafe ==
  \A i \in Correct : \A b \in votes[i] :
     \A v \in 0..(b[1] - 1), d \in Digest :
        Committed(v, b[2], d) => d = b[3]

(*****************************************************************************)
(* What is committed has been prepared by F + 1 correct replicas, of which   *)
(* every quorum has one.                                                     *)
(*****************************************************************************)
CommittedIsPrepared ==
  \A v \in View, n \in Seqno, d \in Digest :
     Committed(v, n, d) =>
       Cardinality({i \in Correct : <<v, n, d>> \in commits[i]}) >= F + 1

(*****************************************************************************)
(* The primary of a view leaves no gap: up to the last sequence number that  *)
(* it has given away, every one has a request that will be executed.         *)
(*****************************************************************************)
NoGap ==
  \A i \in Correct : \A b \in votes[i] :
     i = Primary(b[1]) =>
       \A n \in (low[i] + 1)..b[2] :
          \E d \in Digest : <<b[1], n, d>> \in votes[i]
-----------------------------------------------------------------------------
(*****************************************************************************)
(* Witnesses: each says of something that ought to happen that it does not,  *)
(* and has to be violated, lest the properties hold because nothing does.    *)
(*****************************************************************************)
NothingCommits ==
  \A v \in View, n \in Seqno, d \in Digest : ~ Committed(v, n, d)

(*****************************************************************************)
(* A quorum begins a later view.                                             *)
(*****************************************************************************)
NoViewChangeCompletes ==
  \A v \in View \ {0} :
     Cardinality({i \in Correct : view[i] = v /\ active[i]} \cup Byzantine)
       < Quorum

NoGapFilled ==
  \A v \in View, n \in Seqno : ~ Committed(v, n, Null)

(*****************************************************************************)
(* A request that was prepared but not committed in a view is committed in a *)
(* later one.                                                                *)
(*****************************************************************************)
NothingPreparedSurvives ==
  \A i \in Correct : \A b \in commits[i] :
     ~ Committed(b[1], b[2], b[3]) =>
       \A v \in (b[1] + 1)..MaxView : ~ Committed(v, b[2], b[3])
=============================================================================
