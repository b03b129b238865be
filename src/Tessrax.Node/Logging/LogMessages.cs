using Microsoft.Extensions.Logging;
using Tessrax.Hashing;

namespace Tessrax.Node.Logging;

/// <summary>Every message that is logged, by number.</summary>
/// <remarks>In one class: what is generated from several is put together in an order that differs from one build to the next, and with it the bytes of this assembly's symbols.</remarks>
public static partial class LogMessages
{
    // Messages 1000 to 1099: a ledger is opened and closed.

    [LoggerMessage(1000, LogLevel.Information, "{Origin} {Ledger} is open to write in {Path}, at {Size} entries")]
    internal static partial void Opened(this ILogger logger, string origin, Digest ledger, string path, long size);

    [LoggerMessage(
        1001,
        LogLevel.Warning,
        "{Bytes} bytes of a write that a crash cut short were dropped from {Path}; it was never acknowledged"
    )]
    internal static partial void TornWrite(this ILogger logger, long bytes, string path);

    [LoggerMessage(
        1002,
        LogLevel.Information,
        "an erasure on record was carried out in {Path}: {Entries} entries, {Segments} segments written again"
    )]
    internal static partial void ErasureCarriedOut(this ILogger logger, string path, long entries, long segments);

    [LoggerMessage(1003, LogLevel.Debug, "{Ledger} is closed at {Size} entries")]
    internal static partial void Closed(this ILogger logger, Digest ledger, long size);

    [LoggerMessage(
        1004,
        LogLevel.Warning,
        "{Bytes} bytes at the end of the working copy {Path} were dropped, as a crash left them; its database has what they were of"
    )]
    internal static partial void CopyTailDropped(this ILogger logger, long bytes, string path);

    // Messages 1100 to 1199: what is wrong with a ledger's files, and what is done about it.

    [LoggerMessage(1100, LogLevel.Information, "{Path} was examined: {Size} entries, {Findings} findings")]
    internal static partial void Examined(this ILogger logger, string path, long size, int findings);

    [LoggerMessage(1101, LogLevel.Warning, "{Weight} {Cause} in {File}: {Says} ({Code})")]
    internal static partial void Found(
        this ILogger logger,
        string weight,
        string cause,
        string file,
        string says,
        ErrorCode code
    );

    [LoggerMessage(
        1102,
        LogLevel.Warning,
        "{File} was put right as far as that goes: {Restored} entries restored, {Lost} lost ({Cause})"
    )]
    internal static partial void Repaired(this ILogger logger, string file, long restored, long lost, string cause);

    [LoggerMessage(1103, LogLevel.Information, "{File} was made again")]
    internal static partial void MadeAgain(this ILogger logger, string file);

    [LoggerMessage(1104, LogLevel.Information, "mended: {Done}")]
    internal static partial void Mended(this ILogger logger, string done);

    // Messages 2000 to 2199: entries are appended, one after the other or through the pipeline.

    [LoggerMessage(2000, LogLevel.Debug, "{Count} entries from {First} on are durable")]
    internal static partial void Durable(this ILogger logger, long count, long first);

    [LoggerMessage(2001, LogLevel.Information, "epoch {Epoch} was opened at entry {Index}")]
    internal static partial void EpochOpened(this ILogger logger, long epoch, long index);

    [LoggerMessage(2003, LogLevel.Warning, "what follows from durable entries could not be written: {Reason} ({Code})")]
    internal static partial void NotDerived(this ILogger logger, string reason, ErrorCode code);

    [LoggerMessage(2100, LogLevel.Error, "the pipeline stops: {Reason}")]
    internal static partial void PipelineStopped(this ILogger logger, string reason);

    // Messages 4000 to 4099: an index is read, and follows its ledger.

    [LoggerMessage(4000, LogLevel.Debug, "{File} is open to search, with {Size} entries")]
    internal static partial void IndexOpened(this ILogger logger, string file, long size);

    [LoggerMessage(
        4001,
        LogLevel.Information,
        "the index of {Path} is followed: it holds {Size} entries, and lacks {Behind}"
    )]
    internal static partial void IndexFollowed(this ILogger logger, string path, long size, long behind);

    [LoggerMessage(4002, LogLevel.Debug, "the index of {Path} holds {Size} entries now, and lacks {Behind}")]
    internal static partial void IndexExtended(this ILogger logger, string path, long size, long behind);

    [LoggerMessage(4003, LogLevel.Warning, "the index of {Path} is behind: it lacks {Behind} entries")]
    internal static partial void IndexBehind(this ILogger logger, string path, long behind);

    [LoggerMessage(4004, LogLevel.Information, "the index of {Path} has caught up: it holds all {Size} entries")]
    internal static partial void IndexCaughtUp(this ILogger logger, string path, long size);

    [LoggerMessage(4005, LogLevel.Warning, "the index of {Path} cannot be brought up to date: {Reason} ({Code})")]
    internal static partial void IndexFails(this ILogger logger, string path, string reason, ErrorCode code);

    [LoggerMessage(4006, LogLevel.Warning, "the index of {Path} cannot be used and is made anew: {Cause}")]
    internal static partial void IndexGivenUp(this ILogger logger, string path, string cause);

    [LoggerMessage(4007, LogLevel.Information, "the index of {Path} can be used again")]
    internal static partial void IndexHealed(this ILogger logger, string path);

    // Messages 4100 to 4199: a generation of an index is made or copied, and takes the place of the one before.

    [LoggerMessage(4100, LogLevel.Information, "{File} is begun: {Operation}")]
    internal static partial void IndexBegun(this ILogger logger, string file, string operation);

    [LoggerMessage(4101, LogLevel.Information, "{File} goes on where it was cut short, at {Size} entries: {Operation}")]
    internal static partial void IndexResumed(this ILogger logger, string file, long size, string operation);

    [LoggerMessage(4102, LogLevel.Debug, "{File} holds {Size} entries")]
    internal static partial void IndexGrows(this ILogger logger, string file, long size);

    [LoggerMessage(4103, LogLevel.Information, "{File} serves from now on, in place of {Old}: {Operation}")]
    internal static partial void IndexSwapped(this ILogger logger, string file, string old, string operation);

    [LoggerMessage(4104, LogLevel.Warning, "{File} is given up, and what served serves on: {Operation}")]
    internal static partial void IndexUndone(this ILogger logger, string file, string operation);

    [LoggerMessage(4105, LogLevel.Warning, "{File} is given up: payloads were erased while it was made")]
    internal static partial void IndexOvertaken(this ILogger logger, string file);

    [LoggerMessage(4106, LogLevel.Information, "the index of {Path} is {Mode} now")]
    internal static partial void IndexModeSwitched(this ILogger logger, string path, string mode);

    [LoggerMessage(
        4107,
        LogLevel.Information,
        "the index of {Path} was vacuumed: it took {Before} bytes, and takes {After}"
    )]
    internal static partial void IndexVacuumed(this ILogger logger, string path, long before, long after);

    // Messages 5000 to 5099: a ledger is verified.

    [LoggerMessage(5000, LogLevel.Debug, "stage {Stage}: {Outcome}")]
    internal static partial void Stage(this ILogger logger, string stage, string outcome);

    [LoggerMessage(5001, LogLevel.Information, "{Path} was verified: {Verdict}")]
    internal static partial void Verified(this ILogger logger, string path, string verdict);

    // Messages 6000 to 6029: a ledger is served.

    [LoggerMessage(6000, LogLevel.Information, "{Path}: {Steps} steps that time had made due were recorded")]
    internal static partial void DueTaken(this ILogger logger, string path, long steps);

    [LoggerMessage(6001, LogLevel.Warning, "{Path}: what time made due could not be recorded: {Reason} ({Code})")]
    internal static partial void DueFails(this ILogger logger, string path, string reason, ErrorCode code);

    [LoggerMessage(6002, LogLevel.Debug, "{Path} took over {Entries} entries from {Address}, and has {Size}")]
    internal static partial void CopyPulled(this ILogger logger, string path, string address, long entries, long size);

    [LoggerMessage(6003, LogLevel.Warning, "{Path} is not brought up to date for now: {Reason} ({Code})")]
    internal static partial void CopyFails(this ILogger logger, string path, string reason, ErrorCode code);

    [LoggerMessage(6004, LogLevel.Information, "{Path} is brought up to date from {Address} again")]
    internal static partial void CopyFollowsAgain(this ILogger logger, string path, string address);

    [LoggerMessage(6005, LogLevel.Critical, "{Path} is not brought up to date any more: {Reason} ({Code})")]
    internal static partial void CopyStops(this ILogger logger, string path, string reason, ErrorCode code);

    // Messages 6010 to 6029: the server itself, which is a program of its own; here with the others, so that one page lists them all.

    [LoggerMessage(6010, LogLevel.Information, "{Path} is served at {Address}")]
    public static partial void ServerStarted(this ILogger logger, string path, string address);

    [LoggerMessage(6011, LogLevel.Information, "{Path} is served no more")]
    public static partial void ServerStopped(this ILogger logger, string path);

    [LoggerMessage(6012, LogLevel.Error, "a bug: the request for {Path} failed")]
    public static partial void RequestFails(this ILogger logger, string path, Exception exception);

    [LoggerMessage(6013, LogLevel.Information, "{Path} was read again: {Keys} keys may ask")]
    public static partial void AccessRead(this ILogger logger, string path, long keys);

    [LoggerMessage(6014, LogLevel.Error, "nobody's key counts until {Path} is mended: {Reason} ({Code})")]
    public static partial void AccessFails(this ILogger logger, string path, string reason, ErrorCode code);

    [LoggerMessage(6015, LogLevel.Information, "metrics and traces are sent to {Endpoint}")]
    public static partial void TelemetrySent(this ILogger logger, string endpoint);

    [LoggerMessage(6016, LogLevel.Error, "{Path} is served to be read only: {Reason} ({Code})")]
    public static partial void ServedToBeRead(this ILogger logger, string path, string reason, ErrorCode code);

    // Messages 6030 to 6049: nodes of a cluster.

    [LoggerMessage(6030, LogLevel.Information, "the node answers at {Address}, and other nodes at {Silo}")]
    public static partial void NodeStarted(this ILogger logger, string address, string silo);

    [LoggerMessage(6031, LogLevel.Information, "the node at {Silo} has left")]
    public static partial void NodeStopped(this ILogger logger, string silo);

    [LoggerMessage(6032, LogLevel.Error, "the other nodes have declared the node at {Silo} dead, so that it ends")]
    public static partial void NodeExpelled(this ILogger logger, string silo);

    [LoggerMessage(6033, LogLevel.Information, "{Path} is written by this node")]
    public static partial void OwnerOpened(this ILogger logger, string path);

    [LoggerMessage(6034, LogLevel.Information, "{Path} is written by this node no more")]
    public static partial void OwnerClosed(this ILogger logger, string path);

    [LoggerMessage(6035, LogLevel.Warning, "the ledger {Ledger} cannot be written by this node: {Reason} ({Code})")]
    public static partial void OwnerFails(this ILogger logger, string ledger, string reason, ErrorCode code);

    [LoggerMessage(6036, LogLevel.Warning, "{Path} does not follow the database: {Reason} ({Code})")]
    public static partial void NotFollowed(this ILogger logger, string path, string reason, ErrorCode code);

    [LoggerMessage(6037, LogLevel.Warning, "{Category}: {Message} {Failure}")]
    public static partial void SiloWarns(this ILogger logger, string category, string message, string? failure);

    [LoggerMessage(6038, LogLevel.Warning, "{Path} is left to another node: this one does not reach the database")]
    public static partial void OwnerGivesUp(this ILogger logger, string path);

    // Messages 6050 to 6069: checkpoints are cosigned, and cosignatures are asked for.

    [LoggerMessage(6050, LogLevel.Information, "{Origin}: cosigned from size {Old} to {Size}")]
    internal static partial void Cosigned(this ILogger logger, string origin, long old, long size);

    [LoggerMessage(
        6051,
        LogLevel.Warning,
        "{Origin}: a checkpoint of size {Size} is not cosigned: {Reason} ({Status})"
    )]
    internal static partial void CosigningRefused(
        this ILogger logger,
        string origin,
        long size,
        int status,
        string reason
    );

    [LoggerMessage(6052, LogLevel.Error, "{Origin}: nothing can be cosigned: {Code}")]
    internal static partial void CosigningFails(this ILogger logger, string origin, ErrorCode code);

    [LoggerMessage(6053, LogLevel.Warning, "{Path}: the witness {Witness} gives no cosignature: {Reason}")]
    internal static partial void WitnessGivesNothing(this ILogger logger, string path, string witness, string reason);

    [LoggerMessage(
        6054,
        LogLevel.Critical,
        "{Path}: nothing is appended any more, for witnesses know of another history: {Reason}"
    )]
    internal static partial void WitnessesDisagree(this ILogger logger, string path, string reason);

    [LoggerMessage(6055, LogLevel.Warning, "{Path}: the cosigned checkpoint could not be kept: {Code}")]
    internal static partial void CosignedNotKept(this ILogger logger, string path, ErrorCode code);
}
