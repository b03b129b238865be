namespace Tessrax;

// 6xxx: servers and those who ask them
public static partial class ErrorCodes
{
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
    public static readonly ErrorCode RoleNeeded = Refused(
        6018,
        "the key may not do this here",
        "the server's access file gives the key other roles",
        "ask whoever runs the server for the role that the message names"
    );
}
