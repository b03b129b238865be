namespace Tessrax;

// 6xxx: servers and those who ask them
public static partial class ErrorCodes
{
    public static readonly ErrorCode AccessFileRefused = Input(
        6000,
        "the access file cannot be used",
        "it is malformed, names a key twice, or others may write to it",
        "mend it as spec/server.md says; the server reads it again when it changes",
        "nobody's key counts until it is mended"
    );
    public static readonly ErrorCode TooManyRequests = Refused(
        6001,
        "too many requests",
        "a key, or an address without one, asks more often than the server allows",
        "try again after the time that the answer's Retry-After names",
        "nothing was done"
    );
    public static readonly ErrorCode NoSuchPage = NotFound(
        6002,
        "there is nothing at this address",
        "the address is misspelt, or of another version of the server",
        "the paths that there are stand in the server's /openapi.json"
    );
    public static readonly ErrorCode WrongMethod = Input(
        6003,
        "this address does not take this method",
        "the request was sent with another method than the address is for",
        "the answer's Allow header names the methods that it takes"
    );
    public static readonly ErrorCode ServedToBeRead = Refused(
        6004,
        "this server has the ledger open to be read",
        "the server was started with --read-only, or without keys",
        "append where the ledger's writer runs"
    );
    public static readonly ErrorCode RequestRefused = Input(
        6005,
        "the request is not what this address takes",
        "a parameter, a header or the body is malformed, repeated, too large or of another type",
        "the server's /openapi.json says what this address takes"
    );
    public static readonly ErrorCode Overloaded = Storage(
        6006,
        "the server has too much to do",
        "more is asked of it at once than it can do in time",
        "nothing was done: try again after the time that the answer's Retry-After names",
        "nothing was done; what was acknowledged is durable"
    );
    public static readonly ErrorCode NotReady = Storage(
        6007,
        "not ready",
        "the server has just begun, or is about to end",
        "nothing was done: try again after the time that the answer's Retry-After names",
        "nothing was done; what was acknowledged is durable"
    );
    public static readonly ErrorCode KeyNeeded = Refused(
        6008,
        "a key is needed here",
        "the request shows no key, and this address is not for everybody",
        "sign the request with a key that the server's access file names: tessraxctl keys new NAME --purpose access makes one"
    );
    public static readonly ErrorCode WrongContentType = Input(
        6009,
        "the body is of a type that this address does not take",
        "the Content-Type header is missing, or names another type",
        "the message names what is taken"
    );
    public static readonly ErrorCode BadAccessToken = Refused(
        6010,
        "what the request shows is no proof of a key",
        "the Authorization header was cut, or made by a program that does not keep the format",
        "sign each request anew, as spec/server.md says; Tessrax.Client does it",
        "nothing was done"
    );
    public static readonly ErrorCode OtherAudience = Refused(
        6011,
        "the token is for another ledger",
        "a request for one server was sent to another",
        "the answer's WWW-Authenticate header names this server's ledger",
        "nothing was done"
    );
    public static readonly ErrorCode OtherRun = Refused(
        6012,
        "the token is for another run of this server",
        "the server was started anew, or the client does not know it yet",
        "sign again for the server that the answer's WWW-Authenticate header names",
        "nothing was done"
    );
    public static readonly ErrorCode UnknownAccessKey = Refused(
        6013,
        "this key does not count here",
        "the server's access file does not name it, its time is over, or the session has ended",
        "ask whoever runs the server to enter the key into its access file: its vkey, as tessraxctl keys list FILE prints it",
        "nothing was done"
    );
    public static readonly ErrorCode OtherRequest = Refused(
        6014,
        "the token is for another request",
        "method, address or body were changed after signing, or a proxy rewrites them",
        "sign exactly what is sent; a proxy must hand the path on as it is (--path-base)",
        "nothing was done"
    );
    public static readonly ErrorCode TokenTime = Refused(
        6015,
        "the token is too old, or of the future",
        "a clock is wrong, or the request was held up for more than a minute",
        "set the clock, or take the server's time from the answer's Date header",
        "nothing was done"
    );
    public static readonly ErrorCode AccessSignature = Refused(
        6016,
        "the signature of the request does not hold",
        "another key signed it, or the request was changed on its way",
        "sign with the key that the access file names",
        "nothing was done"
    );
    public static readonly ErrorCode TokenUsed = Refused(
        6017,
        "the request was sent before",
        "a request was sent twice, by a client or by somebody who has seen it",
        "sign each request anew, also one that is tried again",
        "nothing was done a second time"
    );
    public static readonly ErrorCode RoleNeeded = Refused(
        6018,
        "the key may not do this here",
        "the server's access file gives the key other roles",
        "ask whoever runs the server for the role that the message names"
    );
    public static readonly ErrorCode NotPrivate = Refused(
        6019,
        "not over this connection",
        "a secret would pass over a network unencrypted",
        "use TLS: tessraxd --config FILE names its certificate; or come from the machine itself",
        "nothing was done"
    );
    public static readonly ErrorCode DoneAtTheLedger = Refused(
        6020,
        "this is done where the ledger lies",
        "what follows from it needs keys, files or a clock that only whoever runs the ledger has at hand",
        "stop the server, and use tessraxctl on the ledger's directory"
    );
    public static readonly ErrorCode WitnessesDisagree = Refused(
        6030,
        "the witnesses know of another history than this ledger's",
        "the ledger was restored from an older copy, or two copies of it were written to; what a witness has cosigned before is not in this one",
        "append to the copy that they know, or begin a successor; this one may only be read"
    );
    public static readonly ErrorCode NoStaticLog = NotFound(
        6031,
        "the ledger is no static log",
        "its tree is not of SHA-256, and C2SP tlog-tiles knows no other",
        "read it under /v1; witnesses and other C2SP clients need a ledger made with --hash sha256"
    );
    public static readonly ErrorCode NoQuorumYet = Refused(
        6032,
        "no quorum of witnesses has cosigned a checkpoint yet",
        "the server has just begun to ask them, or they do not answer",
        "ask again in a few seconds; /v1/checkpoint gives the checkpoint that the log alone has signed"
    );
    public static readonly ErrorCode NoServer = NotFound(
        6033,
        "tessraxd is not to be found",
        "the server is a program of its own, and neither beside tessraxctl nor on PATH",
        "install tessraxd, or add its directory to PATH"
    );
    public static readonly ErrorCode SearchTooLong = Input(
        6034,
        "the search takes too long",
        "the query has the index look at too much, or all hits were to be counted",
        "narrow it: fewer words and beginnings, event: or recorded: beside them, and no count=all",
        "the search was given up; nothing was changed"
    );
    public static readonly ErrorCode AnswerBroken = Finding(
        6040,
        "the server's answer does not hold",
        "the server, or somebody between, gave something that the log has not signed, or not for this",
        "believe nothing of it; ask another server of the same ledger, and tell whoever runs this one",
        "the answer was thrown away"
    );
    public static readonly ErrorCode LogForked = Finding(
        6041,
        "the log shows two histories",
        "the log has signed two checkpoints that contradict each other, or the server has lost entries that were signed",
        "keep both checkpoints: tessraxctl monitor writes them down as evidence; tell the log's witnesses and users",
        "the answer was thrown away"
    );
    public static readonly ErrorCode NoOwner = Storage(
        6050,
        "no node writes this ledger now",
        "the node that wrote it is gone or about to go, and no other one can take over yet, or none has the ledger's keys",
        "ask again in a few seconds; GET /ledgers tells which nodes have its keys",
        "nothing was written; reading goes on"
    );

    // 6051 was a refusal of clusters that there is no more; the number is not given again.
    public static readonly ErrorCode CannotJoin = Storage(
        6052,
        "the node cannot join the cluster",
        "the database does not keep the list of nodes, or a node of the list cannot be reached from here, or does not believe this one's certificate",
        "look at the message; each node must reach each other one at its --silo address, may make tables in the database, and has a certificate of --silo-authority if the others do"
    );
    public static readonly ErrorCode OverQuota = Refused(
        6053,
        "the ledger's quota is used up",
        "all who ask for this ledger together ask for more than the server gives it, so that other ledgers have their share",
        "try again after the time that the answer's Retry-After names; whoever runs the server sets the quota (--quotas)",
        "nothing was done"
    );
}
