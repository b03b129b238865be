namespace Tessrax.Bench.Ratios;

/// <summary>One question, answered in one run with the limit or peer it is held against.</summary>
internal interface ICase
{
    string Name { get; }

    /// <summary>Whether it must not be kept on one core.</summary>
    bool OnAllCores => false;

    IEnumerable<Finding> Run(Effort effort);
}
