using System.Runtime.ExceptionServices;

namespace Tessrax.Node.Keys;

/// <summary>Runs two slow steps at once, and fails as either of them would alone.</summary>
public static class SideBySide
{
    public static void Run(Action first, Action second)
    {
        try
        {
            Parallel.Invoke(first, second);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
