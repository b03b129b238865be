namespace Tessrax.Server.Telemetry;

/// <summary>What is not counted but looked at, whenever somebody asks.</summary>
internal enum Gauge
{
    /// <summary>Streams of events that are open.</summary>
    Streams,

    /// <summary>What is left of the ledger's quota.</summary>
    QuotaLeft,

    /// <summary>Entries of the ledger.</summary>
    Size,

    /// <summary>Seconds since the newest entry was recorded.</summary>
    CheckpointAge,

    /// <summary>Seconds since a working copy was last seen to have all that its database has.</summary>
    CopyAge,

    /// <summary>Entries that the database has beyond a node's working copy.</summary>
    CopyBehind,

    /// <summary>Whether this node writes the ledger.</summary>
    Owner,

    /// <summary>Appends under way.</summary>
    Pending,

    /// <summary>Entries that the index lacks.</summary>
    IndexBehind,

    /// <summary>Entries that a witness has cosigned.</summary>
    Cosigned,

    /// <summary>Nodes of the cluster that this one knows to be up.</summary>
    Peers,

    /// <summary>Whether this node reaches the cluster's database.</summary>
    Database,
}

/// <summary>One value of a gauge.</summary>
/// <param name="Value">As of now.</param>
/// <param name="Of">What else it is about than its ledger; null for nothing.</param>
internal readonly record struct Reading(double Value, KeyValuePair<string, object?>? Of = null);

/// <summary>Whoever knows the values of some gauges.</summary>
internal interface IGauges
{
    /// <summary>The values of one; none if it is not known here.</summary>
    IEnumerable<Reading> Read(Gauge gauge);
}
